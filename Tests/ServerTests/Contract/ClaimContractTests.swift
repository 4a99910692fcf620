import TestSupport
import Testing

/// CONTRACT section 2, POST /api/auth/claim, /ack and /cancel: each of them in each state of a login.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct ClaimContractTests {
    private static let operations = ["claim", "ack", "cancel"]

    @Test func `while a login is pending, claim is 202 with the pending data and ack 409`()
        async throws
    {
        try await withQuietServer { server, _ in
            let session = try server.start("16505550142")
            let claim = try server.claim(session)
            #expect(claim.isSuccess("Waiting for confirmation", status: 202))
            #expect(claim.data.names == ["sessionId", "expiresAt", "delivery"])
            #expect(claim.data["delivery"].text == "queued")
            #expect(try server.page(session).nextEvent()["data"] == claim.data)
            #expect(try server.perform("ack", session).isError(409, "NOT_CONFIRMED"))
        }
    }

    @Test func `once it is confirmed, claim is 200 with the tokens and cancel 409`() async throws {
        try await withServer { server in
            let session = try server.confirmed("16505550142")
            let claim = try server.claim(session)
            #expect(claim.isSuccess("Login confirmed"))
            let names: Set = [
                "accessToken", "refreshToken", "tokenType", "expiresIn", "userId", "isNewUser",
                "user",
            ]
            #expect(claim.data.names == names)
            #expect(claim.data["user"].names == ["id", "phoneNumber", "name", "createdAt"])
            #expect(try server.perform("cancel", session).isError(409, "ALREADY_CONFIRMED"))
            // Until the ack each claim ends the pair before.
            let fresh = try Session(try server.claim(session).data)
            let old = try Session(claim.data)
            #expect(try server.me(old.accessToken).isError(401, "INVALID_TOKEN"))
            #expect(try server.me(fresh.accessToken).status == 200)
        }
    }

    @Test func `isNewUser is true for the login that makes the account and false for later ones`()
        async throws
    {
        try await withServer { server in
            let first = try server.claim(try server.confirmed("16505550142"))
            #expect(first.data["isNewUser"] == .bool(true))
            let second = try server.claim(try server.confirmed("16505550142"))
            #expect(second.data["isNewUser"] == .bool(false))
            #expect(second.data["userId"] == first.data["userId"])
        }
    }

    @Test func `an ack is 200 and repeatable, and claim is 410 from then on`() async throws {
        try await withServer { server in
            let session = try server.confirmed("16505550142")
            let pair = try Session(try server.claim(session).data)
            for _ in 1...3 {
                let ack = try server.perform("ack", session)
                #expect(ack.isSuccess("Login acknowledged"))
                #expect(ack.data == .object(["success": .bool(true)]))
            }
            #expect(try server.claim(session).isError(410, "SESSION_EXPIRED"))
            #expect(try server.perform("cancel", session).isError(409, "ALREADY_CONFIRMED"))
            #expect(try server.me(pair.accessToken).status == 200)
        }
    }

    @Test func `a cancel is 200 and repeatable, and claim and ack are its error from then on`()
        async throws
    {
        try await withServer { server in
            let session = try server.start("16505550142")
            for _ in 1...3 {
                let cancel = try server.perform("cancel", session)
                #expect(cancel.isSuccess("Login cancelled"))
                #expect(cancel.data == .object(["success": .bool(true)]))
            }
            for operation in ["claim", "ack"] {
                let reply = try server.perform(operation, session)
                #expect(reply.isError(410, "SESSION_CANCELLED"), "\(operation): \(reply)")
            }
        }
    }

    @Test func `a denied, failed or expired login is the error of its outcome for all three`()
        async throws
    {
        try await withQuietServer(["OTPLESS_LOGIN_TTL": "5s"]) { server, whatsApp in
            let expired = try server.start("16505550140")
            let denied = try server.start("16505550141")
            try server.press(\.deny, on: whatsApp.phone("16505550141"))
            let failed = try server.start("16505550142")
            let prompt = try whatsApp.phone("16505550142").prompt()
            let report = Webhook.status("failed", of: prompt.id, to: "16505550142")
            #expect(try server.deliver(report).status == 200)
            _ = try waitFor("the expiry") { try server.claim(expired).status == 410 ? true : nil }
            let states = [
                (denied, 403, "LOGIN_DENIED"), (failed, 502, "MESSAGE_UNDELIVERABLE"),
                (expired, 410, "SESSION_EXPIRED"),
            ]
            for (session, status, code) in states {
                for operation in Self.operations {
                    let reply = try server.perform(operation, session)
                    #expect(reply.isError(status, code), "\(operation): \(reply)")
                }
            }
        }
    }

    @Test func `an unknown session is 404 for all three`() async throws {
        try await withServer { server in
            let session = try server.start("16505550142")
            for operation in Self.operations {
                for unknown in ["x", String(repeating: "A", count: 43), session + "A"] {
                    let reply = try server.perform(operation, unknown)
                    #expect(reply.isError(404, "SESSION_NOT_FOUND"), "\(operation): \(reply)")
                }
            }
        }
    }

    @Test func `the verifier is required where a challenge was set, and only there`() async throws {
        try await withServer { server in
            let challenge = #""codeChallenge":"\#(SampleProof.challenge)""#
            let session = try server.confirmed("16505550142", challenge)
            let wrong = String(repeating: "a", count: 43)
            for operation in Self.operations {
                for member in ["", #","codeVerifier":"\#(wrong)""#, #","codeVerifier":"""#] {
                    let body = #"{"sessionId":"\#(session)"\#(member)}"#
                    let reply = try server.call("POST", "/api/auth/\(operation)", body)
                    #expect(reply.isError(401, "INVALID_CODE_VERIFIER"), "\(operation): \(reply)")
                }
            }
            let free = try server.confirmed("16505550143")
            for session in [session, free] {
                let body =
                    #"{"sessionId":"\#(session)","codeVerifier":"\#(SampleProof.verifier)"}"#
                #expect(try server.call("POST", "/api/auth/claim", body).status == 200)
                #expect(try server.call("POST", "/api/auth/ack", body).status == 200)
            }
        }
    }

    @Test func `a codeChallenge is the S256 of RFC 7636, or INVALID_PARAMETERS`() async throws {
        try await withServer { server in
            let right = SampleProof.challenge
            let wrong = [
                "", "x", String(right.dropLast()), right + "=", right + "A", right + "AAAA",
            ]
            for challenge in wrong {
                let body = #"{"phoneNumber":"+16505550142","codeChallenge":"\#(challenge)"}"#
                let reply = try server.call("POST", "/api/auth/initiate", body)
                #expect(reply.isError(400, "INVALID_PARAMETERS"), "\(challenge): \(reply)")
                #expect(reply.faultyFields == ["codeChallenge"])
            }
            _ = try server.start("16505550142", #""codeChallenge":"\#(right)""#)
        }
    }
}
