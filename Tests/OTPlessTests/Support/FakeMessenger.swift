import Loop
import OTPless

/// Keeps prompts instead of sending them, and answers as it is told.
final class FakeMessenger: Messenger {
    private struct State {
        var sent: [(prompt: Prompt, kind: Login.MessageKind)] = []
        var hasTemplate = false
        var failure: SendFailure?
        var waID: String?
    }

    private let state = Locked(State())

    /// What was sent, in order; the message of prompt n (from 1) has the id `wamid.n`.
    var prompts: [Prompt] { state.withLock { $0.sent.map(\.prompt) } }

    /// As what they were sent.
    var kinds: [Login.MessageKind] { state.withLock { $0.sent.map(\.kind) } }

    var hasTemplate: Bool { state.withLock { $0.hasTemplate } }

    func setTemplate() { state.withLock { $0.hasTemplate = true } }

    /// Refuses to send from now on, or (with nil) sends again.
    func fail(
        with cause: String?, _ reason: SendFailure.Reason = .other, mayHaveArrived: Bool = false
    ) {
        state.withLock {
            $0.failure = cause.map {
                SendFailure(reason, mayHaveArrived: mayHaveArrived, description: $0)
            }
        }
    }

    /// What the provider says the recipient's id is.
    func setWaID(_ waID: String?) { state.withLock { $0.waID = waID } }

    func send(
        _ prompt: Prompt, _ terms: SendTerms, on loop: isolated EventLoop
    ) async -> Result<SentMessage, SendFailure> {
        state.withLock { state in
            state.sent.append((prompt, terms.kind))
            if let failure = state.failure, failure.reason == .other || terms.kind == .buttons {
                return .failure(failure)
            }
            return .success(SentMessage(id: "wamid.\(state.sent.count)", waID: state.waID))
        }
    }
}
