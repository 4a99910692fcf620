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

        /// The approved template, if there is one.
        public var template: MessageTemplate?

        /// Settings as configured, with the template of what confirms a login.
        public init(_ config: Config) {
            baseURL = config.whatsApp.baseURL
            version = config.whatsApp.apiVersion
            phoneNumberID = config.whatsApp.phoneNumberID
            accessToken = config.whatsApp.accessToken
            template =
                config.confirmation == .match
                ? config.whatsApp.matchTemplate : config.whatsApp.template
        }
    }

    private let settings: Settings
    /// One client a loop, by the loop's index.
    private let clients: [SourceID]

    /// How long one try may take.
    private static let timeout = Duration.seconds(10)

    /// A try that has less time than this is not begun.
    private static let shortestTry = Duration.milliseconds(500)

    /// The API with a client on every loop.
    public init(_ settings: Settings, clients: [SourceID]) {
        self.settings = settings
        self.clients = clients
    }

    /// Whether a template is configured.
    public var hasTemplate: Bool { settings.template != nil }

    /// Sends a prompt, again where the API's code says that it may pass another time.
    ///
    /// A send without an answer is not repeated: the message may have arrived, and the API has no
    /// idempotency key.
    public func send(
        _ prompt: Prompt, _ terms: SendTerms, on loop: isolated EventLoop
    ) async -> Result<SentMessage, SendFailure> {
        var request = OutgoingRequest(
            url: "\(settings.baseURL)/\(settings.version)/\(settings.phoneNumberID)/messages",
            headers: [
                "Authorization: Bearer \(settings.accessToken.text)",
                "Content-Type: application/json",
            ],
            body: body(of: prompt, as: terms.kind))
        request.refusalHeaders = [CloudAPIError.usageHeader]
        request.timeout = Self.timeout
        request.deadline = terms.deadline
        var tries = 0
        while true {
            let error: CloudAPIError
            switch await HTTPClient.send(request, with: clients[loop.index], on: loop) {
            case .failure(let error):
                return .failure(
                    SendFailure(mayHaveArrived: error.mayHaveArrived, description: "\(error)"))
            case .success(let response):
                if let sent = Self.acceptance(response) { return .success(sent) }
                error = CloudAPIError(response)
            }
            tries += 1
            guard let pause = error.pause(afterTry: tries),
                .now + pause + Self.shortestTry < terms.deadline
            else {
                return .failure(
                    SendFailure(
                        error.reason, mayHaveArrived: error.leavesOpen, description: "\(error)"))
            }
            try? await Task.sleep(for: pause)
            guard await terms.isWanted() else {
                return .failure(SendFailure(description: "answered before it was sent"))
            }
        }
    }

    private static func acceptance(_ response: IncomingResponse) -> SentMessage? {
        guard response.status == 200, let root = try? JSONDocument(response.body).root,
            let id = root["messages"]?.elements.first?["id"]?.string, !id.isEmpty
        else { return nil }
        return SentMessage(id: id, waID: root["contacts"]?.elements.first?["wa_id"]?.string)
    }

    private func body(of prompt: Prompt, as kind: Login.MessageKind) -> [UInt8] {
        var writer = JSONWriter(reserving: 1536, asciiOnly: true)
        writer.object { writer in
            writer.member("messaging_product", "whatsapp")
            writer.member("recipient_type", "individual")
            switch prompt.recipient {
            // With the plus: without it Meta puts the business's own country code in front.
            case .phone(let phone): writer.member("to", phone.e164)
            case .user(let id): writer.member("recipient", id)
            }
            writer.member(
                "biz_opaque_callback_data", MessageReference(prompt.login, kind).text)
            if kind == .template, let template = settings.template {
                prompt.write(template, to: &writer)
            } else {
                prompt.writeInteractive(to: &writer)
            }
        }
        return writer.bytes
    }
}

extension Sequence {
    fileprivate var first: Element? { first { _ in true } }
}
