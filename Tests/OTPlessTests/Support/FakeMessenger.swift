import Loop
import OTPless

/// Keeps prompts instead of sending them, and answers as it is told.
final class FakeMessenger: Messenger {
    private struct State {
        var prompts: [Prompt] = []
        var failure: SendFailure?
        var waID: String?
    }

    private let state = Locked(State())

    /// What was sent, in order; the message of prompt n (from 1) has the id `wamid.n`.
    var prompts: [Prompt] { state.withLock { $0.prompts } }

    /// Refuses to send from now on, or (with nil) sends again.
    func fail(with cause: String?) {
        state.withLock { $0.failure = cause.map { SendFailure(description: $0) } }
    }

    /// What the provider says the recipient's id is.
    func setWaID(_ waID: String?) { state.withLock { $0.waID = waID } }

    func send(
        _ prompt: Prompt, on loop: isolated EventLoop
    ) async -> Result<SentMessage, SendFailure> {
        state.withLock { state in
            state.prompts.append(prompt)
            if let failure = state.failure { return .failure(failure) }
            return .success(SentMessage(id: "wamid.\(state.prompts.count)", waID: state.waID))
        }
    }
}
