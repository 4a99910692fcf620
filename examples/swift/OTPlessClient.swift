import Foundation

#if canImport(CryptoKit)
    import CryptoKit
#elseif canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Signs people in to an app: they answer a WhatsApp message, and the app gets its tokens.
///
/// Keep the refresh token in the Keychain; each `refresh` gives another one. To give up, cancel the
/// task. The server keeps the default `OTPLESS_REFRESH_COOKIE=off`.
actor OTPlessClient {
    struct Session: Decodable, Sendable {
        /// A JWT for the app's backend, good for `expiresIn` seconds.
        var accessToken: String, expiresIn: Int
        var refreshToken: String
        /// Absent after a refresh.
        var userId: String?, isNewUser: Bool?
    }

    /// A code of docs/errors.md, such as LOGIN_DENIED; `retryAfter` is in seconds.
    struct Refusal: Error, Decodable, Sendable {
        var code: String, details: String, retryAfter: Int?
    }

    private struct Login: Decodable {
        var sessionId: String, expiresAt: Double, matchNumber: String?
    }
    private struct Done: Decodable { var success: Bool }
    private struct Reply: Decodable { var statusCode: Int, error: Refusal? }
    private struct Content<Value: Decodable>: Decodable { var data: Value }
    private struct Pending: Error {}

    private let server: String
    private let sha256: @Sendable (Data) -> Data
    private let urls = URLSession(configuration: .ephemeral)

    #if canImport(CryptoKit)
        init(server: String) { self.init(server: server) { Data(SHA256.hash(data: $0)) } }
    #endif

    init(server: String, sha256: @escaping @Sendable (Data) -> Data) {
        self.server = server
        self.sha256 = sha256
    }

    /// Sends the message and waits for its answer, also over a network that comes and goes.
    ///
    /// Where number matching is on, `show` gets the number that the person types in WhatsApp.
    func login(
        phoneNumber: String, show: @Sendable (String) async -> Void = { _ in }
    ) async throws -> Session {
        // RFC 7636: only who knows the verifier can collect the tokens.
        let verifier = base64URL(Data((0..<32).map { _ in UInt8.random(in: .min ... .max) }))
        let challenge = base64URL(sha256(Data(verifier.utf8)))
        let login: Login = try await post(
            "initiate",
            ["phoneNumber": phoneNumber, "codeChallenge": challenge, "deviceType": "ios"])
        if let number = login.matchNumber { await show(number) }
        let proof = ["sessionId": login.sessionId, "codeVerifier": verifier]
        do {
            let session = try await outcome(of: login, proof)
            let _: Done? = try? await post("ack", proof)
            return session
        } catch let stop as CancellationError {
            // Not awaited: nothing is, in a task that was cancelled.
            urls.dataTask(with: try request("cancel", proof)).resume()
            throw stop
        }
    }

    /// New tokens; the refresh token that was given is used up.
    func refresh(_ refreshToken: String) async throws -> Session {
        try await post("refresh", ["refreshToken": refreshToken])
    }

    private func outcome(of login: Login, _ proof: [String: String]) async throws -> Session {
        // What was confirmed can be collected for two minutes more.
        while Date().timeIntervalSince1970 < login.expiresAt + 120 {
            for ask in [listen, claim] {
                do {
                    return try await ask(proof)
                } catch let refusal as Refusal where refusal.code != "SERVICE_UNAVAILABLE" {
                    throw refusal
                } catch {
                    // Nobody has answered, the socket dropped, or the network lets none through.
                }
            }
            try await Task.sleep(for: .seconds(1.5))
        }
        throw Refusal(code: "SESSION_EXPIRED", details: "Nobody answered", retryAfter: nil)
    }

    private func listen(_ proof: [String: String]) async throws -> Session {
        let address = "\(server)/api/auth/ws?sessionId=\(proof["sessionId"] ?? "")"
        let socket = urls.webSocketTask(with: try url("ws" + address.dropFirst("http".count)))
        defer { socket.cancel(with: .normalClosure, reason: nil) }
        return try await withTaskCancellationHandler {
            socket.resume()
            let hello = try JSONEncoder().encode(proof.merging(["event": "hello"]) { $1 })
            try await socket.send(.string(String(decoding: hello, as: UTF8.self)))
            while true {
                guard case .string(let text) = try await socket.receive() else { continue }
                do { return try read(Data(text.utf8)) } catch is Pending {}
            }
        } onCancel: {
            socket.cancel()
        }
    }

    private func claim(_ proof: [String: String]) async throws -> Session {
        try await post("claim", proof)
    }

    private func post<Value: Decodable>(
        _ path: String, _ body: [String: String]
    ) async throws -> Value {
        try read(try await urls.data(for: request(path, body)).0)
    }

    private func request(_ path: String, _ body: [String: String]) throws -> URLRequest {
        var request = URLRequest(url: try url("\(server)/api/auth/\(path)"))
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = try JSONEncoder().encode(body)
        return request
    }

    /// The data of a reply, or of a message on the WebSocket.
    private func read<Value: Decodable>(_ bytes: Data) throws -> Value {
        let reply = try JSONDecoder().decode(Reply.self, from: bytes)
        if let refusal = reply.error { throw refusal }
        guard reply.statusCode != 202 else { throw Pending() }
        return try JSONDecoder().decode(Content<Value>.self, from: bytes).data
    }

    private func url(_ text: String) throws -> URL {
        guard let url = URL(string: text) else { throw URLError(.badURL) }
        return url
    }

    private func base64URL(_ data: Data) -> String {
        let text = data.base64EncodedString().replacing("+", with: "-")
        return text.replacing("/", with: "_").replacing("=", with: "")
    }
}
