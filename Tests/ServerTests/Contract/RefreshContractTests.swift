import Foundation
import OTPless
import TestSupport
import Testing

/// CONTRACT section 2, POST /api/auth/refresh and GET /api/auth/validate.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct RefreshContractTests {
    @Test func `a refresh is 200 with a new pair, and every refresh rotates`() async throws {
        try await withServer { server in
            let session = try server.signedIn("16505550142")
            var seen: Set = [session.refreshToken]
            var token = session.refreshToken
            for count in 1...5 {
                let reply = try server.refresh(token)
                #expect(reply.isSuccess("Tokens refreshed successfully"))
                let names: Set = ["accessToken", "refreshToken", "tokenType", "expiresIn"]
                #expect(reply.data.names == names)
                #expect(reply.data["tokenType"].text == "Bearer")
                #expect(reply.data["expiresIn"] == .number(900))
                token = try #require(reply.data["refreshToken"].text)
                seen.insert(token)
                #expect(seen.count == count + 1)
                #expect(try server.me(try #require(reply.data["accessToken"].text)).status == 200)
            }
        }
    }

    @Test
    func
        `a used token presented again within 10 seconds gets the same successor, any number of times`()
        async throws
    {
        try await withServer { server in
            let session = try server.signedIn("16505550142")
            let token = session.refreshToken
            let request = HTTPRequest(
                "POST", "/api/auth/refresh", #"{"refreshToken":"\#(token)"}"#)
            let one = try exchange([request], port: server.port)
            // Two tabs race, and more.
            let more = try exchange(
                [HTTPRequest](repeating: request, count: 20), port: server.port)
            let replies = one + more
            #expect(replies.allSatisfy { $0.status == 200 })
            #expect(Set(replies.map { $0.data["refreshToken"] }).count == 1)
            #expect(Set(replies.map { $0.data["accessToken"] }).count == 21)
            let successor = try #require(replies[0].data["refreshToken"].text)
            #expect(try server.refresh(successor).status == 200)
        }
    }

    @Test
    func `without a token a refresh is MISSING_PARAMETERS, with a bad one INVALID_REFRESH_TOKEN`()
        async throws
    {
        try await withServer { server in
            for body in ["{}", #"{"refreshToken":""}"#, #"{"userId":"x"}"#] {
                let reply = try server.call("POST", "/api/auth/refresh", body)
                #expect(reply.isError(400, "MISSING_PARAMETERS"), "\(body): \(reply)")
            }
            let session = try server.signedIn("16505550142")
            let forged = session.forgedRefreshToken
            for token in ["x", forged, session.accessToken, session.refreshToken + "A"] {
                #expect(try server.refresh(token).isError(401, "INVALID_REFRESH_TOKEN"))
            }
            #expect(try server.refresh(session.refreshToken).status == 200)
        }
    }

    @Test func `another user's userId is INVALID_REFRESH_TOKEN, and nothing is rotated or ended`()
        async throws
    {
        try await withServer { server in
            let mine = try server.signedIn("16505550142")
            let other = try server.signedIn("16505550143")
            for user in [other.userID, "x"] {
                let reply = try refresh(server, mine.refreshToken, user)
                #expect(reply.isError(401, "INVALID_REFRESH_TOKEN"), "\(reply)")
            }
            #expect(try server.me(mine.accessToken).status == 200)
            let next = try refresh(server, mine.refreshToken, mine.userID)
            #expect(next.status == 200)
            // Had the wrong ones rotated, this would be a token of an older generation.
            #expect(try server.refresh(next.data["refreshToken"].text ?? "").status == 200)
        }
    }

    @Test func `the store holds no token and no session id, only hashes`() async throws {
        try await withServerAndStore { server, path in
            let session = try server.confirmed("16505550142")
            let pair = try Session(try server.claim(session).data)
            let next = try Session(try server.refresh(pair.refreshToken).data, user: pair.userID)
            var stored: [UInt8] = []
            for suffix in ["", "-wal"] {
                stored += Array(try Data(contentsOf: URL(filePath: path + suffix)))
            }
            let store = Data(stored)
            // The user is there, so these are the right files.
            #expect(store.range(of: Data("16505550142".utf8)) != nil)
            for secret in [session, pair.refreshToken, next.refreshToken, next.accessToken] {
                #expect(store.range(of: Data(secret.utf8)) == nil)
            }
            for token in [pair, next] {
                // Behind the family's id and the generation.
                let bytes = try #require(Base64URL.decode(token.refreshToken))
                #expect(store.range(of: Data(bytes[20..<52])) == nil)
            }
            let id = try #require(Base64URL.decode(session))
            #expect(store.range(of: Data(id.suffix(16))) == nil)
        }
    }

    @Test func `validate is 200 with valid, userId and expiresAt`() async throws {
        try await withServer { server in
            let before = Date().timeIntervalSince1970.rounded(.down)
            let session = try server.signedIn("16505550142")
            let reply = try server.call("GET", "/api/auth/validate", bearer: session.accessToken)
            #expect(reply.isSuccess("Token validated successfully"))
            #expect(reply.data.names == ["valid", "userId", "expiresAt"])
            #expect(reply.data["valid"] == .bool(true))
            #expect(reply.data["userId"].text == session.userID)
            let expiry = try #require(reply.data["expiresAt"].number)
            #expect(expiry >= before + 900 && expiry <= before + 960)
        }
    }

    private func refresh(
        _ server: LiveServer, _ token: String, _ user: String
    ) throws -> HTTPReply {
        try server.call(
            "POST", "/api/auth/refresh", #"{"refreshToken":"\#(token)","userId":"\#(user)"}"#)
    }
}
