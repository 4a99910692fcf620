import TestSupport
import Testing

/// CONTRACT section 2, POST /api/auth/logout: the order of the checks and each case.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct LogoutContractTests {
    @Test func `a logout asks for userId first, then for a proof, and then checks the proof`()
        async throws
    {
        try await withServer { server in
            let mine = try server.signedIn("16505550142")
            let noUser = try logout(server, nil, mine.refreshToken, bearer: mine.accessToken)
            #expect(noUser.isError(400, "MISSING_USER_ID"))
            let noProof = try logout(server, mine.userID, nil)
            #expect(noProof.isError(401, "MISSING_AUTHORIZATION"))
            #expect(noProof["WWW-Authenticate"] == "Bearer")
            #expect(try logout(server, "x", nil).isError(401, "MISSING_AUTHORIZATION"))
            let badProof = try logout(server, mine.userID, "x")
            #expect(badProof.isError(401, "INVALID_REFRESH_TOKEN"))
            #expect(try server.me(mine.accessToken).status == 200)
        }
    }

    @Test func `with a refresh token its login ends, and no other`() async throws {
        try await withServer { server in
            let one = try server.signedIn("16505550142")
            let two = try server.signedIn("16505550142")
            let reply = try server.logout(one)
            #expect(reply.isSuccess("Logged out successfully"))
            #expect(reply.data == .object(["success": .bool(true)]))
            try expect(server, ended: [one], live: [two])
        }
    }

    @Test func `a used or an ended refresh token logs out too, so a repeated logout succeeds`()
        async throws
    {
        try await withServer { server in
            let first = try server.signedIn("16505550142")
            let next = try server.refresh(first.refreshToken)
            #expect(next.status == 200)
            // Used.
            #expect(try server.logout(first).status == 200)
            let fresh = try Session(next.data, user: first.userID)
            try expect(server, ended: [first, fresh], live: [])
            // Ended.
            for session in [fresh, fresh, first] {
                #expect(try server.logout(session).status == 200)
            }
        }
    }

    @Test func `with only a Bearer token all of the user's logins end`() async throws {
        try await withServer { server in
            let mine = try [server.signedIn("16505550142"), server.signedIn("16505550142")]
            let other = try server.signedIn("16505550143")
            let reply = try logout(server, mine[0].userID, nil, bearer: mine[0].accessToken)
            #expect(reply.isSuccess("Logged out successfully"))
            try expect(server, ended: mine, live: [other])
        }
    }

    @Test func `with scope current only the Bearer token's login ends`() async throws {
        try await withServer { server in
            let one = try server.signedIn("16505550142")
            let two = try server.signedIn("16505550142")
            let reply = try logout(
                server, one.userID, nil, bearer: one.accessToken, scope: "current")
            #expect(reply.isSuccess("Logged out successfully"))
            try expect(server, ended: [one], live: [two])
            let unknown = try logout(
                server, two.userID, nil, bearer: two.accessToken, scope: "everything")
            #expect(unknown.isError(400, "INVALID_PARAMETERS"))
            try expect(server, ended: [], live: [two])
        }
    }

    @Test func `if both are given the refresh token decides, whatever the other`() async throws {
        try await withServer { server in
            let one = try server.signedIn("16505550142")
            let two = try server.signedIn("16505550142")
            let bad = try logout(server, one.userID, "x", bearer: one.accessToken)
            #expect(bad.isError(401, "INVALID_REFRESH_TOKEN"))
            try expect(server, ended: [], live: [one, two])
            let right = try logout(server, one.userID, one.refreshToken, bearer: two.accessToken)
            #expect(right.status == 200)
            try expect(server, ended: [one], live: [two])
            #expect(try logout(server, two.userID, two.refreshToken, bearer: "x").status == 200)
            try expect(server, ended: [two], live: [])
        }
    }

    @Test func `another user's proof is UNAUTHORIZED, and nothing ends`() async throws {
        try await withServer { server in
            let mine = try server.signedIn("16505550142")
            let other = try server.signedIn("16505550143")
            let replies = [
                try logout(server, mine.userID, other.refreshToken),
                try logout(server, mine.userID, nil, bearer: other.accessToken),
                try logout(server, "x", nil, bearer: other.accessToken, scope: "current"),
            ]
            for reply in replies { #expect(reply.isError(401, "UNAUTHORIZED"), "\(reply)") }
            try expect(server, ended: [], live: [mine, other])
        }
    }

    @Test
    func `a refresh token never issued is INVALID_REFRESH_TOKEN, a bad Bearer token INVALID_TOKEN`()
        async throws
    {
        try await withServer { server in
            let mine = try server.signedIn("16505550142")
            for token in ["", "x", mine.forgedRefreshToken] {
                let reply = try logout(server, mine.userID, token)
                #expect(reply.isError(401, "INVALID_REFRESH_TOKEN"), "\(token): \(reply)")
            }
            let reply = try logout(server, mine.userID, nil, bearer: "x")
            #expect(reply.isError(401, "INVALID_TOKEN"))
            #expect(reply["WWW-Authenticate"] == "Bearer")
            try expect(server, ended: [], live: [mine])
        }
    }

    private func logout(
        _ server: LiveServer, _ user: String?, _ refreshToken: String?, bearer: String? = nil,
        scope: String? = nil
    ) throws -> HTTPReply {
        let members = [("userId", user), ("refreshToken", refreshToken), ("scope", scope)]
        let fields = members.compactMap { name, value in value.map { #""\#(name)":"\#($0)""# } }
        let body = "{" + fields.joined(separator: ",") + "}"
        return try server.call("POST", "/api/auth/logout", body, bearer: bearer)
    }

    /// The access tokens of an ended login are refused at once.
    private func expect(_ server: LiveServer, ended: [Session], live: [Session]) throws {
        for session in ended {
            #expect(try server.me(session.accessToken).isError(401, "INVALID_TOKEN"))
            let refused = try server.refresh(session.refreshToken)
            #expect(refused.isError(401, "INVALID_REFRESH_TOKEN"))
        }
        for session in live { #expect(try server.me(session.accessToken).status == 200) }
    }
}
