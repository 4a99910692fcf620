public import Loop

/// Meta's WhatsApp Cloud API.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp, "Send messages".
public struct CloudAPI: Messenger {
    /// How to reach the API and as whom.
    public struct Settings: Sendable {
        /// Without a trailing slash: `https://graph.facebook.com`.
        public var baseURL: String

        /// The Graph API version, such as `v26.0`.
        public var version: String

        /// The provider's id of the sending number.
        public var phoneNumberID: String

        /// The system user's token.
        public var accessToken: Secret

        /// Settings as configured.
        public init(_ config: Config.WhatsApp) {
            baseURL = config.baseURL
            version = config.apiVersion
            phoneNumberID = config.phoneNumberID
            accessToken = config.accessToken
        }
    }

    private let settings: Settings
    /// One client a loop, by the loop's index.
    private let clients: [SourceID]

    /// The API with a client on every loop.
    public init(_ settings: Settings, clients: [SourceID]) {
        self.settings = settings
        self.clients = clients
    }

    /// Sends a prompt as a message with two reply buttons.
    public func send(
        _ prompt: Prompt, on loop: isolated EventLoop
    ) async -> Result<SentMessage, SendFailure> {
        let request = OutgoingRequest(
            url: "\(settings.baseURL)/\(settings.version)/\(settings.phoneNumberID)/messages",
            headers: [
                "Authorization: Bearer \(settings.accessToken.text)",
                "Content-Type: application/json",
            ],
            body: Self.body(of: prompt))
        switch await HTTPClient.send(request, with: clients[loop.index], on: loop) {
        case .success(let response): return Self.outcome(of: response)
        case .failure(let error): return .failure(SendFailure(description: error.description))
        }
    }

    private static func body(of prompt: Prompt) -> [UInt8] {
        var writer = JSONWriter(reserving: 1024, asciiOnly: true)
        writer.object { writer in
            writer.member("messaging_product", "whatsapp")
            writer.member("recipient_type", "individual")
            // With the plus: without it Meta puts the business's own country code in front.
            writer.member("to", prompt.phone.e164)
            writer.member("biz_opaque_callback_data", prompt.login.description)
            writer.member("type", "interactive")
            writer.member("interactive") { $0.object { interactive(prompt, &$0) } }
        }
        return writer.bytes
    }

    private static func interactive(_ prompt: Prompt, _ writer: inout JSONWriter) {
        writer.member("type", "button")
        writer.member("body") { $0.object { $0.member("text", PromptText.body(prompt)) } }
        writer.member("action") { writer in
            writer.object { writer in
                writer.member("buttons") { writer in
                    writer.array { writer in
                        button(prompt.confirm, PromptText.confirm, &writer)
                        button(prompt.deny, PromptText.deny, &writer)
                    }
                }
            }
        }
    }

    private static func button(
        _ payload: AnswerPayload, _ title: String, _ writer: inout JSONWriter
    ) {
        writer.object { writer in
            writer.member("type", "reply")
            writer.member("reply") { writer in
                writer.object { writer in
                    writer.member("id", payload.text)
                    writer.member("title", title)
                }
            }
        }
    }

    /// Reads the answer; error bodies are not always JSON.
    private static func outcome(of response: IncomingResponse) -> Result<SentMessage, SendFailure> {
        let root = try? JSONDocument(response.body).root
        if response.status == 200, let id = root?["messages"]?.elements.first?["id"]?.string {
            let waID = root?["contacts"]?.elements.first?["wa_id"]?.string
            return .success(SentMessage(id: id, waID: waID))
        }
        let error = root?["error"]
        let code = error?["code"]?.integer.map { ", code \($0)" } ?? ""
        let trace = error?["fbtrace_id"]?.string.flatMap(Self.trace) ?? ""
        return .failure(SendFailure(description: "HTTP \(response.status)\(code)\(trace)"))
    }

    /// A trace id for the log, if it looks like one: whatever else came could be anything.
    private static func trace(_ text: String) -> String? {
        let isTrace =
            text.utf8.count <= 64
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }
        return isTrace ? ", fbtrace_id \(text)" : nil
    }
}

/// The words of a prompt, within Meta's limits: a body of 1,024 characters, button titles of 20.
enum PromptText {
    static let confirm = "Confirm"
    static let deny = "Deny"

    static func body(_ prompt: Prompt) -> String {
        """
        Sign in to \(prompt.appName.prefix(60))?

        Tap Confirm only if you are signing in right now. If you are not, tap Deny.
        """
    }
}

extension Sequence {
    fileprivate var first: Element? { first { _ in true } }
}
