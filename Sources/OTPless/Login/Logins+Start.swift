public import Loop
import Metrics

extension Logins {
    /// A login that has been started, as its page is told.
    public struct Started: Sendable {
        /// What the page waits with.
        public let session: SessionID

        /// When it can no longer be confirmed.
        public let expiresAt: Timestamp

        /// The number that the page shows, where number matching is on.
        public let matchNumber: MatchNumber?

        /// What the person is to send, for a link.
        public let link: Link?
    }

    /// A page's code, and the chat with it.
    public struct Link: Sendable {
        /// `K7PQ-2MXD`.
        public let code: String

        /// Opens WhatsApp with the code in a draft: `https://wa.me/…`.
        public let url: String
    }

    /// How often a code is made anew that another page shows already.
    private static let codeTries = 3

    /// Starts a login: stores it, then asks the phone or makes the page's link.
    ///
    /// - Throws: `RATE_LIMITED` while a limit or a deny keeps prompts from the phone, `PHONE_LOCKED`,
    ///   `COUNTRY_NOT_ALLOWED`; `MESSAGE_SEND_FAILED` when the provider did not take the message,
    ///   whatever the cause: the login is ended then, and a tap that still comes does nothing.
    public func start(
        _ attempt: Attempt, on loop: isolated EventLoop
    ) async throws(Failure) -> Started {
        guard attempt.method == .link else { return try await prompt(attempt, on: loop) }
        for _ in 0..<Self.codeTries {
            let code = LinkCode.make(entropy)
            let made = make(attempt, code: code)
            guard let admission = try await admit(made.login, attempt) else { continue }
            log(admission.login)
            return Started(
                session: made.session, expiresAt: made.login.expiresAt,
                matchNumber: admission.login.matchNumber, link: link(code, made.login))
        }
        throw Failure(.serviceUnavailable)
    }

    private func prompt(
        _ attempt: Attempt, on loop: isolated EventLoop
    ) async throws(Failure) -> Started {
        let made = make(attempt)
        guard let phone = attempt.phone, let admission = try await admit(made.login, attempt) else {
            throw Failure(.internalError)
        }
        let isWindowOpen = admission.contact.isWindowOpen(at: made.login.createdAt)
        let kind = messenger.hasTemplate && !isWindowOpen ? Login.MessageKind.template : .buttons
        let login = admission.login
        try await send(
            question(login, to: .phone(phone), secret: made.secret), kind,
            counted: login, on: loop)
        log(login)
        return Started(
            session: made.session, expiresAt: login.expiresAt, matchNumber: login.matchNumber,
            link: nil)
    }

    /// A login with its secrets, of which it keeps hashes alone.
    private func make(
        _ attempt: Attempt, code: LinkCode? = nil
    ) -> (login: Login, session: SessionID, secret: [UInt8]) {
        let now = clock.now
        let id = LoginID.make(at: now, entropy)
        let session = SessionID(login: id, secret: entropy.bytes(SecretReference.secretLength))
        let secret = entropy.bytes(SecretReference.secretLength)
        let login = Login(
            id: id, sessionDigest: Digest(of: session.secret), answerDigest: Digest(of: secret),
            codeChallenge: attempt.codeChallenge, phone: attempt.phone,
            codeDigest: code?.digest(codeKey), createdAt: now, expiresAt: now + settings.lifetime,
            name: attempt.name, device: attempt.device)
        return (login, session, secret)
    }

    /// Stores a login; nil when its code is taken.
    private func admit(
        _ login: Login, _ attempt: Attempt
    ) async throws(Failure) -> (login: Login, contact: Contact)? {
        if let phone = attempt.phone, !settings.answers.admits(phone) {
            metrics.blocked[.country].add()
            throw Failure(.countryNotAllowed, field: "phoneNumber")
        }
        var terms = AdmissionTerms()
        terms.phoneLimit = settings.limits.phone
        terms.networkLimit = settings.limits.network
        terms.network = attempt.network
        if settings.answers.confirmation == .match { terms.matchNumbers = entropy }
        let final = terms
        let admission = try await log.guarding { () async throws(StoreError) in
            try await store.insert(login, on: final)
        }
        switch admission {
        case .admitted(let login, let contact):
            metrics.started.add()
            return (login, contact)
        case .refused(let time, let obstacle):
            metrics.blocked(obstacle)
            log.write(
                .info, "prompt refused",
                [
                    "phone": .text(login.phone?.masked ?? ""),
                    "reason": .text(obstacle.rawValue),
                ])
            // Why is nobody's business but the phone's.
            throw Failure(.rateLimited, retryAfter: time.secondsRoundedUp)
        case .locked:
            metrics.blocked[.locked].add()
            throw Failure(.phoneLocked)
        case .codeTaken: return nil
        }
    }

    private func link(_ code: LinkCode, _ login: Login) -> Link {
        let texts = MessageTexts.preferred(login.device.languages)
        let text = texts.linkText(app: MessageTexts.line(settings.appName), code: code.text)
        return Link(
            code: code.text,
            url: "\(settings.chatURL)/\(settings.businessNumber)?text=\(text.percentEncoded)")
    }

    private func log(_ login: Login) {
        log.write(
            .info, "login started",
            [
                "login": .text("\(login.id)"), "method": .text(login.method.name),
                "phone": .text(login.phone?.masked ?? ""),
            ])
    }

    /// What a phone is asked about a login.
    func question(_ login: Login, to recipient: Prompt.Recipient, secret: [UInt8]) -> Prompt {
        let subject: Prompt.Subject =
            switch (recipient, settings.answers.confirmation) {
            case (.user, _): .contact
            case (.phone, .match): .number
            case (.phone, .tap): .confirmation
            }
        return Prompt(login, subject, to: recipient, secret: secret, appName: settings.appName)
    }
}

extension String {
    /// Fit for a URL's query (RFC 3986 §2.3): a space is `%20`, which wa.me takes alone.
    fileprivate var percentEncoded: String {
        let hex = Array("0123456789ABCDEF".utf8)
        let bytes = utf8.flatMap { byte -> [UInt8] in
            let isPlain =
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "-._~".utf8.contains(byte)
            return isPlain ? [byte] : [UInt8(ascii: "%"), hex[Int(byte >> 4)], hex[Int(byte & 15)]]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
