import TestSupport
import Testing

/// CONTRACT section 1: who is calling, what every reply carries, and what none tells.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct BearerContractTests {
    private static let endpoints: [(method: String, path: String, body: String?)] = [
        ("GET", "/api/auth/validate", nil), ("GET", "/api/user/me", nil),
        ("PUT", "/api/user/me", #"{"name":"Ada"}"#), ("DELETE", "/api/user/me", nil),
        ("GET", "/api/user/me/devices", nil), ("DELETE", "/api/user/me/devices/x", nil),
    ]

    @Test func `an absent or malformed header is MISSING_AUTHORIZATION, with WWW-Authenticate`()
        async throws
    {
        let headers = [nil, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Token x"]
        try await withServer { server in
            for (method, path, body) in Self.endpoints {
                for header in headers {
                    let fields = header.map { [("Authorization", $0)] } ?? []
                    let reply = try server.call(method, path, body, headers: fields)
                    let isRight =
                        reply.isError(401, "MISSING_AUTHORIZATION")
                        && reply["WWW-Authenticate"] == "Bearer"
                    #expect(isRight, "\(method) \(path) \(header ?? "none"): \(reply)")
                }
            }
        }
    }

    @Test func `a bad token or one of an ended login is INVALID_TOKEN, with WWW-Authenticate`()
        async throws
    {
        try await withServer { server in
            let ended = try server.signedIn("16505550142")
            #expect(try server.logout(ended).status == 200)
            let live = try server.signedIn("16505550142").accessToken
            for (method, path, body) in Self.endpoints {
                for token in ["x", "x.y.z", live + "x", String(live.dropLast()), ended.accessToken]
                {
                    let reply = try server.call(method, path, body, bearer: token)
                    let isRight =
                        reply.isError(401, "INVALID_TOKEN")
                        && reply["WWW-Authenticate"] == "Bearer"
                    #expect(isRight, "\(method) \(path): \(reply)")
                }
            }
        }
    }

    @Test func `a token that has run out is INVALID_TOKEN, with WWW-Authenticate`() async throws {
        try await withServer(["OTPLESS_ACCESS_TOKEN_TTL": "1s"]) { server in
            let token = try server.signedIn("16505550142").accessToken
            let refused = try waitFor("the token to run out") {
                let reply = try server.me(token)
                return reply.status == 200 ? nil : reply
            }
            #expect(refused.isError(401, "INVALID_TOKEN"))
            for (method, path, body) in Self.endpoints {
                let reply = try server.call(method, path, body, bearer: token)
                #expect(reply.isError(401, "INVALID_TOKEN"), "\(method) \(path): \(reply)")
                #expect(reply["WWW-Authenticate"] == "Bearer")
            }
        }
    }

    @Test func `a deleted user's token is 404 below user and 401 on validate`() async throws {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            // What was read of the account must be forgotten as well.
            #expect(try server.me(token).status == 200)
            #expect(try server.call("DELETE", "/api/user/me", bearer: token).status == 200)
            for (method, path, body) in Self.endpoints {
                let reply = try server.call(method, path, body, bearer: token)
                let (status, code) =
                    path.hasPrefix("/api/user/") ? (404, "USER_NOT_FOUND") : (401, "INVALID_TOKEN")
                #expect(reply.isError(status, code), "\(method) \(path): \(reply)")
            }
        }
    }

    @Test func `HEAD answers like GET without a body, for a signed-in caller too`() async throws {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            let paths = [
                "/api/auth/validate", "/api/user/me", "/api/user/me/devices", "/",
                "/otpless.js", "/readyz",
            ]
            for path in paths {
                let get = try server.call("GET", path, bearer: token)
                let socket = try TCPSocket(port: server.port)
                let head = HTTPRequest(
                    method: "HEAD", path: path,
                    headers: [("Authorization", "Bearer \(token)"), ("Connection", "close")])
                try socket.send(head.bytes)
                let reply = try socket.takeReply(isToHead: true)
                #expect(get.status == 200 && reply.status == 200, "\(path)")
                #expect(reply["Content-Length"] == String(get.body.count), "\(path)")
                #expect(try socket.takeAll().isEmpty, "\(path)")
            }
        }
    }

    @Test func `no reply tells whether a number has an account`() async throws {
        try await withServer { server in
            _ = try server.signedIn("16505550142")
            let known = try initiate(server, "+16505550142")
            let unknown = try initiate(server, "+16505550143")
            #expect(known.json.allNames == unknown.json.allNames)
            #expect(
                known.status == unknown.status && known.json["message"] == unknown.json["message"])
            let waiting = try [known, unknown].map { reply in
                try server.claim(reply.data["sessionId"].text ?? "")
            }
            #expect(waiting[0].json.allNames == waiting[1].json.allNames)
            #expect(waiting.map(\.status) == [202, 202])
        }
    }

    @Test func `no error repeats a secret that was sent`() async throws {
        try await withServer { server in
            let session = try server.start(
                "16505550142", #""codeChallenge":"\#(SampleProof.challenge)""#)
            let other = try server.signedIn("16505550143")
            let wrong = String(repeating: "v", count: 43)
            let replies = [
                try server.call(
                    "POST", "/api/auth/claim",
                    #"{"sessionId":"\#(session)","codeVerifier":"\#(wrong)"}"#),
                try server.claim(session + "A"), try server.refresh(other.refreshToken + "A"),
                try server.call(
                    "POST", "/api/auth/logout",
                    #"{"userId":"x","refreshToken":"\#(other.refreshToken)"}"#),
                try server.me(other.accessToken + "A"),
                try server.call("POST", "/api/auth/refresh", #"{"refreshToken":7}"#),
                try server.call("GET", "/api/webhook?hub.mode=subscribe&hub.verify_token=\(wrong)"),
            ]
            for reply in replies {
                #expect(reply.isError(reply.status), "\(reply)")
                for secret in [session, wrong, other.refreshToken, other.accessToken] {
                    #expect(!reply.text.contains(secret.prefix(20)), "\(reply)")
                }
                #expect(!reply.text.contains(LiveServer.verifyToken))
            }
        }
    }

    private func initiate(_ server: LiveServer, _ number: String) throws -> HTTPReply {
        try server.call("POST", "/api/auth/initiate", #"{"phoneNumber":"\#(number)"}"#)
    }
}
