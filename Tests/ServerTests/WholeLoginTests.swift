import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(5)))
struct WholeLoginTests {
    @Test func `a login runs from the number to the logout`() async throws {
        try await withServer { server in
            let session = try startLogin(server)
            let page = try server.page(session)
            try expectPending(try page.nextEvent(), session)
            try server.whatsApp.phone("16505550142").tapConfirm()
            let signedIn = try expectSuccess(try page.nextEvent("auth_success"))
            try page.send(#"{"event":"ack"}"#)
            #expect(try page.next() == .close(1000))
            try page.waitForEnd()
            try expectAccount(server, signedIn)
            try expectRefreshAndLogout(server, signedIn)
        }
    }

    @Test func `without a WebSocket claim and ack do the same`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let waiting = try server.claim(session)
            #expect(waiting.isSuccess("Waiting for confirmation", status: 202))
            #expect(waiting.json["data"]["sessionId"].text == session)
            let early = try server.call("POST", "/api/auth/ack", #"{"sessionId":"\#(session)"}"#)
            #expect(early.isError(409, "NOT_CONFIRMED"))

            let phone = server.whatsApp.phone("16505550142")
            #expect(
                try server.deliver(
                    Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.1")
                ).isSuccess("Webhook received successfully"))
            let claimed = try server.claim(session)
            #expect(claimed.isSuccess("Login confirmed"))
            let signedIn = try Session(claimed.json["data"])
            for _ in 1...2 {
                let ack = try server.call("POST", "/api/auth/ack", #"{"sessionId":"\#(session)"}"#)
                #expect(ack.isSuccess("Login acknowledged"))
            }
            #expect(try server.claim(session).isError(410, "SESSION_EXPIRED"))
            #expect(try server.me(signedIn.accessToken).status == 200)
        }
    }

    @Test func `a second login of the same phone finds the same account`() async throws {
        try await withServer { server in
            let first = try server.signIn("16505550142")
            let second = try server.signIn("16505550142")
            #expect(first.userID == second.userID)
            #expect(first.refreshToken != second.refreshToken)
            // Logging one out leaves the other signed in.
            #expect(try server.logout(first).status == 200)
            #expect(try server.me(first.accessToken).isError(401, "INVALID_TOKEN"))
            #expect(try server.me(second.accessToken).status == 200)
        }
    }

    private func startLogin(_ server: LiveServer) throws -> String {
        let reply = try server.call(
            "POST", "/api/auth/initiate", #"{"phoneNumber":"+1 (650) 555-01.42"}"#)
        #expect(reply.isSuccess("Confirmation message sent successfully"))
        let data = reply.json["data"]
        #expect(data.names == ["sessionId", "expiresAt", "method"])
        #expect(data["method"].text == "prompt")
        return try #require(data["sessionId"].text)
    }

    private func expectPending(_ event: JSON, _ session: String) throws {
        #expect(event["event"].text == "pending")
        #expect(event["statusCode"] == .number(202))
        #expect(event["message"].text == "Waiting for confirmation")
        #expect(event["data"].names == ["sessionId", "expiresAt", "delivery"])
        #expect(event["data"]["sessionId"].text == session)
    }

    private func expectSuccess(_ event: JSON) throws -> Session {
        let data = event["data"]
        #expect(event["statusCode"] == .number(200))
        #expect(event["message"].text == "Login confirmed")
        #expect(data["tokenType"].text == "Bearer")
        #expect(data["expiresIn"] == .number(900))
        #expect(data["isNewUser"] == .bool(true))
        #expect(data["user"]["id"] == data["userId"])
        #expect(data["user"]["phoneNumber"].text == "+16505550142")
        #expect(data["user"].names == ["id", "phoneNumber", "name", "createdAt"])
        return try Session(data)
    }

    private func expectAccount(_ server: LiveServer, _ signedIn: Session) throws {
        let token = signedIn.accessToken
        let before = try server.me(token)
        #expect(before.isSuccess("User retrieved successfully"))
        #expect(before.json["data"].names == ["id", "phoneNumber", "name", "createdAt"])
        #expect(before.json["data"]["name"] == .null)
        let renamed = try server.call("PUT", "/api/user/me", #"{"name":"  Ada "}"#, bearer: token)
        #expect(renamed.isSuccess("User updated successfully"))
        #expect(renamed.json["data"] == .object(["success": .bool(true), "name": .text("Ada")]))
        #expect(try server.me(token).json["data"]["name"].text == "Ada")
        let valid = try server.call("GET", "/api/auth/validate", bearer: token)
        #expect(valid.isSuccess("Token validated successfully"))
        #expect(valid.json["data"]["valid"] == .bool(true))
        #expect(valid.json["data"]["userId"].text == signedIn.userID)
        #expect(valid.json["data"]["expiresAt"].number != nil)
    }

    private func expectRefreshAndLogout(_ server: LiveServer, _ signedIn: Session) throws {
        let reply = try server.refresh(signedIn.refreshToken)
        #expect(reply.isSuccess("Tokens refreshed successfully"))
        #expect(
            reply.json["data"].names == ["accessToken", "refreshToken", "tokenType", "expiresIn"])
        let fresh = try Session(reply.json["data"], user: signedIn.userID)
        #expect(fresh.refreshToken != signedIn.refreshToken)
        // The reply was lost, say: the same successor comes again.
        let repeated = try server.refresh(signedIn.refreshToken)
        #expect(repeated.json["data"]["refreshToken"].text == fresh.refreshToken)

        for _ in 1...2 {
            let out = try server.logout(fresh)
            #expect(out.isSuccess("Logged out successfully"))
            #expect(out.json["data"] == .object(["success": .bool(true)]))
        }
        for token in [signedIn.accessToken, fresh.accessToken] {
            let refused = try server.me(token)
            #expect(refused.isError(401, "INVALID_TOKEN"))
            #expect(refused["WWW-Authenticate"] == "Bearer")
            #expect(
                try server.call("GET", "/api/auth/validate", bearer: token)
                    .isError(401, "INVALID_TOKEN"))
        }
        #expect(try server.refresh(fresh.refreshToken).isError(401, "INVALID_REFRESH_TOKEN"))
    }
}
