import Loop
import OTPless

/// Sends nothing.
struct NoMessenger: Messenger {
    func send(
        _ prompt: Prompt, on loop: isolated EventLoop
    ) async -> Result<SentMessage, SendFailure> {
        .success(SentMessage(id: "none", waID: nil))
    }
}
