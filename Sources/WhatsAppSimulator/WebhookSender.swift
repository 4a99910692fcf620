import Loop
import OTPless

/// Posts webhooks to the server: signed, and repeated like Meta's until they are taken.
struct WebhookSender: Sendable {
    private let url: String
    private let key: HMACKey?
    private let clients: [SourceID]

    private static let attempts = 6

    /// Says after each attempt what came of it.
    typealias Listener = (SimulatedPhones.Message.Progress) -> Void

    init(url: String, appSecret: Secret, clients: [SourceID]) {
        self.url = url
        key = HMACKey(appSecret.bytes)
        self.clients = clients
    }

    func send(_ body: [UInt8], on loop: isolated EventLoop, tell: Listener) async {
        guard let key else { return }
        let signature = key.code(of: body[...]).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
        let request = OutgoingRequest(
            url: url,
            headers: [
                "Content-Type: application/json", "User-Agent: facebookexternalua",
                "X-Hub-Signature-256: sha256=\(signature)",
            ], body: body)
        var pause = Duration.milliseconds(200)
        for _ in 0..<Self.attempts {
            let answer = await HTTPClient.send(request, with: clients[loop.index], on: loop)
            switch answer {
            case .success(let response) where response.status == 200: return tell(.delivered)
            case .success(let response): tell(.refused(why: String(response.status)))
            case .failure: tell(.refused(why: "no answer"))
            }
            try? await Task.sleep(for: pause)
            pause *= 2
        }
    }
}
