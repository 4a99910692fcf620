import Loop
import Metrics

extension Logins {
    /// How long sending may take with all its repetitions: a page waits for it.
    private static let sendTime = Duration.seconds(15)

    /// Sends a prompt, as a template where the window turns out to be closed.
    ///
    /// - Parameter endsLogin: Whether a message that is not sent ends its login.
    /// - Parameter counted: The login whose prompt limits have counted, unless it turns out that it was
    ///   not sent.
    /// - Throws: `MESSAGE_SEND_FAILED`.
    func send(
        _ prompt: Prompt, _ first: Login.MessageKind, endsLogin: Bool = true,
        counted: Login? = nil, on loop: isolated EventLoop
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
            let waID = sent.waID == prompt.phone?.digits ? nil : sent.waID
            try await log.guarding { () async throws(StoreError) in
                try await store.recordSend(message, messageID: sent.id, waID: waID)
            }
        case .failure(let failure):
            log.write(
                .error, "message not sent",
                ["login": .text("\(prompt.login)"), "cause": .text(failure.description)])
            if let counted, !failure.mayHaveArrived {
                try? await store.discount(counted)
            }
            if endsLogin { try await giveUp(prompt) }
            throw Failure(.messageSendFailed)
        }
    }

    /// A login whose question could not be sent cannot succeed.
    private func giveUp(_ prompt: Prompt) async throws(Failure) {
        if case .contact = prompt.subject {
            _ = try await end(prompt.login, as: .numberHidden, counted: .numberHidden)
        } else {
            _ = try await end(prompt.login, as: .failed, counted: .unsent)
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
