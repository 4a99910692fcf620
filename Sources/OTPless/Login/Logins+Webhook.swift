public import Loop
import Metrics

extension Logins {
    /// Applies what phones sent, then tells whoever waits.
    ///
    /// A page that waits here gets its tokens from the confirmation's own commit.
    public func receive(_ messages: [InboundMessage]) async throws(Failure) {
        guard !messages.isEmpty else { return }
        let now = clock.now
        let newUsers = messages.map { _ in UserID.make(at: now, entropy) }
        let results = try await log.guarding { () async throws(StoreError) in
            try await store.receive(
                messages, newUsers: newUsers, policy: settings.answers,
                begin: { [events, tokens] login, user in
                    events.isAwaited(login) ? tokens.begin(for: user, login: login) : nil
                }, at: now)
        }
        // A message may take back what one before it in the same transaction confirmed.
        tokens.refuse(results.flatMap(\.ended))
        for result in results { await tell(result) }
    }

    private func tell(_ result: AnswerResult) async {
        guard let verb = result.verb else { return }
        metrics.answered(verb, changing: result.changed.count)
        if result.changed.isEmpty {
            log.write(.info, "answer ignored", ["answer": .text("\(verb)")])
        }
        for id in result.changed {
            log.write(
                .info, "login answered", ["login": .text("\(id)"), "answer": .text("\(verb)")])
            let outcome = result.handover.map { pair in
                Outcome.confirmed(tokens.grant(pair.token, to: pair.user), isNewUser: pair.isNew)
            }
            let event = LoginEvent(id, outcome)
            if !events.publish(event) { await withdraw(event) }
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
            events.publish(LoginEvent(result.login.id))
            if result.effect == .needsTemplate, let secret = result.report.templateSecret {
                sendTemplate(for: result.login, secret, on: loop)
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
            return settings.deliveryEvents ? report : nil
        }
        var report = report
        report.templateSecret = entropy.bytes(SecretReference.secretLength)
        return report
    }

    /// The webhook's 200 does not wait for it; whoever waits for the login hears how it went.
    private func sendTemplate(
        for login: Login, _ secret: [UInt8], on loop: isolated EventLoop
    ) {
        let prompt = Prompt(login, secret: secret, appName: settings.appName)
        loop.spawn { loop in
            do throws(Failure) {
                try await send(
                    prompt, .template, endsLogin: settings.deliveryEvents, on: loop)
            } catch {
                events.publish(LoginEvent(login.id))
            }
        }
    }
}
