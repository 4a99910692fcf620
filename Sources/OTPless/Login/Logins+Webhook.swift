public import Loop
import Metrics

extension Logins {
    /// Applies what phones sent, then tells whoever waits.
    ///
    /// A page that waits here gets its tokens from the confirmation's own commit.
    public func receive(
        _ messages: [InboundMessage], on loop: isolated EventLoop
    ) async throws(Failure) {
        guard !messages.isEmpty else { return }
        let now = clock.now
        let answers = messages.map { message in
            IncomingAnswer(message, settings.answers, codeKey: codeKey, at: now, entropy)
        }
        let results = try await log.guarding { () async throws(StoreError) in
            try await store.receive(
                answers, policy: settings.answers,
                begin: { [events, tokens] login, user in
                    events.isAwaited(login) ? tokens.begin(for: user, login: login.id) : nil
                }, at: now)
        }
        // A message may take back what one before it in the same transaction confirmed.
        tokens.refuse(results.flatMap(\.ended))
        for result in results {
            await tell(result)
            if let question = result.question { ask(question, on: loop) }
        }
    }

    private func tell(_ result: AnswerResult) async {
        metrics.answered(result)
        if let outcome = result.outcome, !result.isApplied {
            log.write(.info, "answer ignored", ["answer": .text(outcome.name)])
        }
        for change in result.changes {
            log.write(
                .info, "login answered",
                ["login": .text("\(change.login)"), "outcome": .text(change.state.name)])
            let pair = result.handover.flatMap { $0.login == change.login ? $0 : nil }
            let outcome = pair.map { pair in
                Outcome.confirmed(tokens.grant(pair.token, to: pair.user), isNewUser: pair.isNew)
            }
            let event = LoginEvent(change.login, outcome)
            if !events.publish(event, waitingAt: change.node) { await withdraw(event) }
        }
    }

    /// Asks a phone that has sent a page's code what is still missing, in the background.
    private func ask(_ asked: Question, on loop: isolated EventLoop) {
        switch asked {
        case .number(let login, let secret):
            guard let phone = login.phone else { return }
            spawn(question(login, to: .phone(phone), secret: secret), .buttons, on: loop)
        case .contact(let login, let userID):
            spawn(question(login, to: .user(userID), secret: []), .contact, on: loop)
        }
    }

    /// The webhook's 200 does not wait for it; whoever waits for the login hears how it went.
    private func spawn(
        _ prompt: Prompt, _ kind: Login.MessageKind, endsLogin: Bool = true,
        on loop: isolated EventLoop
    ) {
        loop.spawn { loop in
            do throws(Failure) {
                try await send(prompt, kind, endsLogin: endsLogin, on: loop)
            } catch {
                events.announce(prompt.login)
            }
        }
    }

    /// Applies what the provider reports of messages, then tells whoever waits; a message that could
    /// not be delivered outside the 24 h window is followed by the template, in the background.
    public func apply(
        _ reports: [DeliveryReport], on loop: isolated EventLoop
    ) async throws(Failure) {
        let relevant = reports.compactMap { prepare($0) }
        if !settings.deliveryEvents {
            for report in reports { noteFailure(report, report.reference?.login) }
        }
        guard !relevant.isEmpty else { return }
        let now = clock.now
        let results = try await log.guarding { () async throws(StoreError) in
            try await store.apply(relevant, at: now)
        }
        for result in results {
            if settings.deliveryEvents { noteFailure(result.report, result.login.id) }
            if result.login.state == .failed { metrics.ended[.undeliverable].add() }
            events.publish(LoginEvent(result.login.id), waitingAt: result.login.node)
            if result.effect == .needsTemplate, let secret = result.report.templateSecret {
                guard let phone = result.login.phone else { continue }
                spawn(
                    question(result.login, to: .phone(phone), secret: secret), .template,
                    endsLogin: settings.deliveryEvents, on: loop)
            }
        }
    }

    /// The operator hears of it, also where pages do not.
    private func noteFailure(_ report: DeliveryReport, _ login: LoginID?) {
        guard case .failed(let failure) = report.progress else { return }
        log.write(
            .warning, "message not delivered",
            ["login": .text(login?.description ?? "unknown"), "cause": .text(failure.description)])
    }

    /// A report with what the store may need; nil where pages are told nothing of it.
    private func prepare(_ report: DeliveryReport) -> DeliveryReport? {
        guard case .failed(let failure) = report.progress, failure.reason == .windowClosed,
            messenger.hasTemplate
        else {
            guard !settings.deliveryEvents else { return report }
            // Pages are told nothing of it, but it may tell whose user id it is.
            guard report.recipient?.userID != nil || report.recipient?.identityHash != nil else {
                return nil
            }
            var report = report
            report.progress = nil
            return report
        }
        var report = report
        report.templateSecret = entropy.bytes(SecretReference.secretLength)
        return report
    }
}
