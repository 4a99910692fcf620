public import Loop
import Metrics

extension Logins {
    /// How long sending may take with all its repetitions: a page waits for it.
    private static let sendTime = Duration.seconds(15)

    /// Starts a login: stores it, then asks the phone.
    ///
    /// - Throws: `RATE_LIMITED` while a deny blocks prompts to the phone; `MESSAGE_SEND_FAILED` when
    ///   the provider did not take the message, whatever the cause: the login is ended then, and a
    ///   tap that still comes does nothing.
    public func start(
        _ attempt: Attempt, on loop: isolated EventLoop
    ) async throws(Failure) -> (session: SessionID, expiresAt: Timestamp) {
        let now = clock.now
        let id = LoginID.make(at: now, entropy)
        let session = SessionID(login: id, secret: entropy.bytes(SecretReference.secretLength))
        let secret = entropy.bytes(SecretReference.secretLength)
        let login = Login(
            id: id, sessionDigest: Digest(of: session.secret), answerDigest: Digest(of: secret),
            codeChallenge: attempt.codeChallenge, phone: attempt.phone, createdAt: now,
            expiresAt: now + settings.lifetime, name: attempt.name, device: attempt.device)
        let contact = try await admit(login)
        let isWindowOpen = contact.isWindowOpen(at: now)
        let kind = messenger.hasTemplate && !isWindowOpen ? Login.MessageKind.template : .buttons
        try await send(Prompt(login, secret: secret, appName: settings.appName), kind, on: loop)
        log.write(
            .info, "login started", ["login": .text("\(id)"), "phone": .text(login.phone.masked)])
        return (session, login.expiresAt)
    }

    private func admit(_ login: Login) async throws(Failure) -> Contact {
        let admission = try await log.guarding { () async throws(StoreError) in
            try await store.insert(login)
        }
        switch admission {
        case .admitted(let contact):
            metrics.started.add()
            return contact
        case .blocked(let time):
            metrics.blocked.add()
            log.write(.info, "prompt blocked", ["phone": .text(login.phone.masked)])
            // Why is nobody's business but the phone's.
            throw Failure(.rateLimited, retryAfter: time.secondsRoundedUp)
        }
    }

    /// Sends a prompt, as a template where the window turns out to be closed.
    ///
    /// - Parameter endsLogin: Whether a message that is not sent ends its login.
    /// - Throws: `MESSAGE_SEND_FAILED`.
    func send(
        _ prompt: Prompt, _ first: Login.MessageKind, endsLogin: Bool = true,
        on loop: isolated EventLoop
    ) async throws(Failure) {
        let deadline = Moment.now + min(Self.sendTime, settings.lifetime)
        let id = prompt.login
        func terms(_ kind: Login.MessageKind) -> SendTerms {
            SendTerms(kind: kind, deadline: deadline) { await mayPrompt(id) }
        }
        var kind = first
        var result = await messenger.send(prompt, terms(kind), on: loop)
        metrics.sent(kind, result)
        if case .failure(let failure) = result, failure.reason == .windowClosed,
            kind == .buttons, messenger.hasTemplate, try await turnToTemplate(id)
        {
            kind = .template
            result = await messenger.send(prompt, terms(kind), on: loop)
            metrics.sent(kind, result)
        }
        switch result {
        case .success(let sent):
            let message = MessageReference(prompt.login, kind)
            // Mostly it is the number itself, which needs no index of its own.
            let waID = sent.waID == prompt.phone.digits ? nil : sent.waID
            try await log.guarding { () async throws(StoreError) in
                try await store.recordSend(message, messageID: sent.id, waID: waID)
            }
        case .failure(let failure):
            log.write(
                .error, "message not sent",
                ["login": .text("\(prompt.login)"), "cause": .text(failure.description)])
            if endsLogin {
                _ = try await end(prompt.login, as: .failed, counted: .unsent)
            }
            throw Failure(.messageSendFailed)
        }
    }

    /// A deny that came meanwhile is final: nothing more is sent.
    private func mayPrompt(_ id: LoginID) async -> Bool {
        (try? await store.mayPrompt(id, at: clock.now)) ?? false
    }

    /// Notes that the template is the login's message now, so that a report on the one before it does
    /// not call for another; false when nothing is to be sent any more.
    private func turnToTemplate(_ id: LoginID) async throws(Failure) -> Bool {
        let login = try await change(id) { login, now in
            guard login.standing(at: now) == .pending else { return false }
            login.message = .template
            return true
        }
        guard login?.message == .template else { return false }
        return await mayPrompt(id)
    }
}
