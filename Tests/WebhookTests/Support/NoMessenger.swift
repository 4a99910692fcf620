import Loop
import OTPless

/// Sends nothing.
struct NoMessenger: Messenger {
    let hasTemplate = false

    func send(
        _ prompt: Prompt, _ terms: SendTerms, on loop: isolated EventLoop
    ) async -> Result<SentMessage, SendFailure> {
        .success(SentMessage(id: "none", waID: nil))
    }
}
