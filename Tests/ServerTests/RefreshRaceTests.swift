import TestSupport
import Testing

/// Refresh tokens under races, restarts and theft.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct RefreshRaceTests {
    private static let phone = "16505550142"

    @Test func `64 refreshes of one token at once get one successor, and nobody is locked out`()
        async throws
    {
        try await withServer { server in
            let session = try server.signedIn(Self.phone)
            let replies = try refresh(server, session.refreshToken, times: 64)
            #expect(replies.allSatisfy { $0.status == 200 })
            let successors = Set(replies.compactMap { $0.data["refreshToken"].text })
            #expect(successors.count == 1)
            for reply in replies {
                #expect(try server.me(reply.data["accessToken"].text ?? "").status == 200)
            }
            // Two tabs that raced go on with the same line.
            let successor = try #require(successors.first)
            let next = try refresh(server, successor, times: 64)
            #expect(Set(next.compactMap { $0.data["refreshToken"].text }).count == 1)
        }
    }

    @Test func `a refresh whose reply was lost in a crash gets the same successor after it`()
        async throws
    {
        try await withServer { server in
            let session = try server.signedIn(Self.phone)
            let before = try refresh(server, session.refreshToken, times: 32)
            try server.killAndRestart()
            let after = try refresh(server, session.refreshToken, times: 32)
            let successors = Set((before + after).map { $0.data["refreshToken"].text })
            #expect(successors.count == 1 && successors.first != .some(nil))
            #expect(try server.refresh(successors.first.flatMap { $0 } ?? "").status == 200)
        }
    }

    /// Whoever of the two comes later with a used token ends the family for both.
    @Test(arguments: [true, false])
    func `a thief is found out, whether first or second to refresh, and the login ends for both`(
        _ isThiefFirst: Bool
    ) async throws {
        try await withServerAndStore { server, path in
            let stolen = try server.signedIn(Self.phone)
            var first = try Session(
                try server.refresh(stolen.refreshToken).data, user: stolen.userID)
            // An owner goes on for a while before the thief comes; a thief is found at the owner's next.
            if !isThiefFirst {
                first = try Session(
                    try server.refresh(first.refreshToken).data, user: stolen.userID)
            }
            // The other one comes more than ten seconds later.
            try server.kill()
            try DatabaseFile(path).run("UPDATE families SET rotations = '0 0'")
            try server.restart()
            #expect(
                try server.refresh(stolen.refreshToken).isError(401, "INVALID_REFRESH_TOKEN"))
            for session in [stolen, first] {
                #expect(try server.refuses(session))
            }
            try server.kill()
            let events = try DatabaseFile(path).text(
                "SELECT group_concat(event) FROM audit WHERE request IS NOT NULL")
            #expect(events.contains("tokens.reused"))
            // Signing in again works: the phone proves more than a token.
            try server.restart()
            let again = try server.signedIn(Self.phone)
            #expect(again.userID == stolen.userID)
            #expect(try server.me(again.accessToken).status == 200)
        }
    }

    private func refresh(
        _ server: LiveServer, _ token: String, times: Int
    ) throws -> [HTTPReply] {
        let request = HTTPRequest("POST", "/api/auth/refresh", #"{"refreshToken":"\#(token)"}"#)
        return try exchange([HTTPRequest](repeating: request, count: times), port: server.port)
    }
}
