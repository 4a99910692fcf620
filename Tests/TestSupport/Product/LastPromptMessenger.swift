package import Loop
package import OTPless

/// Takes every message, sends none, and keeps the last.
package final class LastPromptMessenger: Messenger {
    private let prompt = Locked<Prompt?>(nil)

    package init() {}

    package var last: Prompt? { prompt.withLock { $0 } }

    /// The id that the message of a prompt gets.
    package static func messageID(_ prompt: Prompt) -> String { "wamid.OUT-\(prompt.login)" }

    package let hasTemplate = false

    package func send(
        _ prompt: Prompt, _ terms: SendTerms, on loop: isolated EventLoop
    ) async -> Result<SentMessage, SendFailure> {
        self.prompt.withLock { $0 = prompt }
        return .success(SentMessage(id: Self.messageID(prompt), waID: prompt.phone?.digits))
    }
}
