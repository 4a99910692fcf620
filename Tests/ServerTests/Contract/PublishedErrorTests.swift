import TestSupport
import Testing

/// CONTRACT section 3: each published error, provoked at the real server and compared word for word.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct PublishedErrorTests {
    @Test func `MESSAGE_SEND_FAILED is published so`() async throws {
        try await withServer { server in
            // Nobody can write to himself.
            let body = #"{"phoneNumber":"\#(SimulatedWhatsApp.businessNumber)"}"#
            let reply = try server.call("POST", "/api/auth/initiate", body)
            let isRight = reply.says(
                500, "MESSAGE_SEND_FAILED", "Failed to send confirmation message",
                "Failed to send WhatsApp message")
            #expect(isRight, "\(reply)")
        }
    }

    @Test func `INVALID_REFRESH_TOKEN is published so`() async throws {
        try await withServer { server in
            let logout = #"{"userId":"x","refreshToken":"y"}"#
            let replies = [
                try server.refresh("x"), try server.call("POST", "/api/auth/logout", logout),
            ]
            for reply in replies {
                let isRight = reply.says(
                    401, "INVALID_REFRESH_TOKEN", "Invalid or expired refresh token",
                    "The provided refresh token is not valid or has expired")
                #expect(isRight, "\(reply)")
            }
        }
    }

    @Test func `MISSING_USER_ID is published so`() async throws {
        try await withServer { server in
            let reply = try server.call("POST", "/api/auth/logout", "{}")
            let isRight = reply.says(
                400, "MISSING_USER_ID", "Missing required parameter",
                "user_id is required for logout")
            #expect(isRight, "\(reply)")
        }
    }

    @Test func `INVALID_TOKEN and MISSING_AUTHORIZATION are published so`() async throws {
        try await withServer { server in
            for path in ["/api/auth/validate", "/api/user/me"] {
                let bad = try server.call("GET", path, bearer: "x")
                let isBad = bad.says(
                    401, "INVALID_TOKEN", "Invalid or expired token",
                    "The provided access token is not valid or has expired")
                #expect(isBad, "\(bad)")
                let missing = try server.call("GET", path)
                let isMissing = missing.says(
                    401, "MISSING_AUTHORIZATION", "Missing or invalid authorization header",
                    "Authorization header with Bearer token is required")
                #expect(isMissing, "\(missing)")
            }
        }
    }

    @Test
    func `MISSING_SESSION_ID is published so, with details of its own for claim, ack and cancel`()
        async throws
    {
        try await withServer { server in
            let message = "Session ID is required"
            let socket = try server.call("GET", "/api/auth/ws")
            let details = "sessionId query parameter is required for WebSocket connection"
            #expect(socket.says(400, "MISSING_SESSION_ID", message, details), "\(socket)")
            for operation in ["claim", "ack", "cancel"] {
                for body in ["{}", #"{"sessionId":""}"#] {
                    let reply = try server.call("POST", "/api/auth/\(operation)", body)
                    let isRight = reply.says(
                        400, "MISSING_SESSION_ID", message, "sessionId is required")
                    #expect(isRight, "\(operation): \(reply)")
                }
            }
        }
    }

    @Test func `USER_NOT_FOUND is published so`() async throws {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            #expect(try server.call("DELETE", "/api/user/me", bearer: token).status == 200)
            let reply = try server.me(token)
            let isRight = reply.says(
                404, "USER_NOT_FOUND", "The requested user could not be found",
                "No user exists with the provided ID")
            #expect(isRight, "\(reply)")
        }
    }

    @Test func `INVALID_NAME is published so`() async throws {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            for body in [
                "{}", #"{"name":null}"#, #"{"name":7}"#, #"{"name":""}"#, #"{"name":" "}"#,
            ] {
                let reply = try server.call("PUT", "/api/user/me", body, bearer: token)
                let isRight = reply.says(
                    400, "INVALID_NAME", "Invalid name provided", "Name must be a non-empty string")
                #expect(isRight, "\(body): \(reply)")
            }
        }
    }

    @Test func `MISSING_PARAMETERS is published so, and names the missing field`() async throws {
        try await withServer { server in
            for (path, field) in [("initiate", "phoneNumber"), ("refresh", "refreshToken")] {
                let reply = try server.call("POST", "/api/auth/\(path)", "{}")
                let isRight = reply.says(
                    400, "MISSING_PARAMETERS", "Missing required parameters", "\(field) is required"
                )
                #expect(isRight, "\(reply)")
                #expect(reply.faultyFields == [field])
            }
        }
    }

    @Test func `UNAUTHORIZED is published so`() async throws {
        try await withServer { server in
            let mine = try server.signedIn("16505550142")
            let other = try server.signedIn("16505550143")
            let body = #"{"userId":"\#(other.userID)","refreshToken":"\#(mine.refreshToken)"}"#
            let reply = try server.call("POST", "/api/auth/logout", body)
            let isRight = reply.says(
                401, "UNAUTHORIZED", "Authentication required",
                "The proof given belongs to another user")
            #expect(isRight, "\(reply)")
        }
    }

    @Test func `LOGOUT_FAILED and UPDATE_FAILED are published so`() async throws {
        try await withServerAndStore { server, path in
            let session = try server.signedIn("16505550142")
            let lock = try StoreLock(database: path)
            let (token, user) = (session.accessToken, session.userID)
            let replies = try exchange(
                [
                    HTTPRequest("PUT", "/api/user/me", #"{"name":"Ada"}"#, bearer: token),
                    HTTPRequest(
                        "POST", "/api/auth/logout",
                        #"{"userId":"\#(user)","refreshToken":"\#(session.refreshToken)"}"#),
                    HTTPRequest(
                        "POST", "/api/auth/logout", #"{"userId":"\#(user)"}"#, bearer: token),
                ], port: server.port)
            let isUpdate = replies[0].says(
                500, "UPDATE_FAILED", "Failed to update user",
                "An error occurred while updating user information")
            #expect(isUpdate, "\(replies[0])")
            for logout in replies.dropFirst() {
                let isLogout = logout.says(
                    500, "LOGOUT_FAILED", "Logout operation failed",
                    "Unable to complete logout process")
                #expect(isLogout, "\(logout)")
            }
            _ = consume lock
            // Nothing has happened, so trying again succeeds.
            #expect(try server.logout(session).status == 200)
        }
    }

    @Test func `a store failure is SERVICE_UNAVAILABLE everywhere else`() async throws {
        try await withServerAndStore { server, path in
            let pair = try server.signedIn("16505550142")
            let confirmed = try server.confirmed("16505550143")
            let pending = try server.start("16505550144")
            let tap = Webhook.tap(
                try server.whatsApp.phone("16505550144").prompt().confirm, by: "16505550144",
                id: "wamid.1")
            let lock = try StoreLock(database: path)
            let replies = try exchange(
                [
                    HTTPRequest(
                        "POST", "/api/auth/initiate", #"{"phoneNumber":"+16505550145"}"#),
                    HTTPRequest("POST", "/api/auth/claim", #"{"sessionId":"\#(confirmed)"}"#),
                    HTTPRequest("POST", "/api/auth/ack", #"{"sessionId":"\#(confirmed)"}"#),
                    HTTPRequest("POST", "/api/auth/cancel", #"{"sessionId":"\#(pending)"}"#),
                    HTTPRequest(
                        "POST", "/api/auth/refresh", #"{"refreshToken":"\#(pair.refreshToken)"}"#),
                    HTTPRequest("DELETE", "/api/user/me", bearer: pair.accessToken),
                    HTTPRequest("GET", "/api/user/me/devices", bearer: pair.accessToken),
                    LiveServer.webhook(tap), HTTPRequest("GET", "/readyz"),
                ], port: server.port)
            for (index, reply) in replies.enumerated() {
                #expect(reply.isError(503, "SERVICE_UNAVAILABLE"), "\(index): \(reply)")
                #expect(reply["Retry-After"] != nil)
            }
            _ = consume lock
            // Nothing was lost: the provider repeats its webhook, the page asks again.
            #expect(try server.deliver(tap).status == 200)
            #expect(try server.claim(pending).isSuccess("Login confirmed"))
            #expect(try server.claim(confirmed).isSuccess("Login confirmed"))
        }
    }
}
