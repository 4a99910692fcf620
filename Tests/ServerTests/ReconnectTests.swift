import TestSupport
import Testing

/// No login is lost to a dropped socket, and none is told to the wrong page.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct ReconnectTests {
    @Test func `until the ack each connection gets a fresh pair, which ends the last`() async throws
    {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            var page = try server.page(session)
            _ = try page.nextEvent("pending")
            try phone.tapConfirm()
            let first = try Session(try page.nextEvent("auth_success")["data"])
            page = try server.page(session)
            let second = try Session(try page.nextEvent("auth_success")["data"])
            #expect(second.userID == first.userID)
            #expect(try server.me(first.accessToken).isError(401, "INVALID_TOKEN"))
            #expect(try server.refresh(first.refreshToken).isError(401, "INVALID_REFRESH_TOKEN"))
            #expect(try server.me(second.accessToken).status == 200)
            try page.send(#"{"event":"ack"}"#)
            #expect(try page.next() == .close(1000))
            let path = "/api/auth/ws?sessionId=\(session)"
            let late = try exchange(PageSocket.request(path), port: server.port)
            #expect(late.isError(410, "SESSION_EXPIRED"))
            #expect(try server.me(second.accessToken).status == 200)
        }
    }

    @Test func `a refresh counts as the ack`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let phone = server.whatsApp.phone("16505550142")
            let tap = Webhook.tap(try phone.prompt().confirm, by: phone.digits, id: "wamid.1")
            #expect(try server.deliver(tap).status == 200)
            let pair = try Session(try server.claim(session).json["data"])
            #expect(try server.refresh(pair.refreshToken).status == 200)
            #expect(try server.claim(session).isError(410, "SESSION_EXPIRED"))
            #expect(try server.me(pair.accessToken).status == 200)
        }
    }

    @Test func `a newer page takes over from an older one`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            let older = try server.page(session)
            _ = try older.nextEvent("pending")
            let newer = try server.page(session)
            _ = try newer.nextEvent("pending")
            var frame = try older.next()
            while case .event = frame { frame = try older.next() }
            #expect(frame == .close(4409))
            try server.whatsApp.phone("16505550142").tapConfirm()
            _ = try newer.nextEvent("auth_success")
        }
    }

    // RFC 7636, appendix B.
    private static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    private static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    @Test func `with a challenge only the verifier opens the session`() async throws {
        try await withServer { server in
            let reply = try server.call(
                "POST", "/api/auth/initiate",
                #"{"phoneNumber":"+16505550142","codeChallenge":"\#(Self.challenge)"}"#)
            let session = try #require(reply.json["data"]["sessionId"].text)
            let owner = try server.page(session)
            try owner.send(#"{"event":"hello","codeVerifier":"\#(Self.verifier)"}"#)
            _ = try owner.nextEvent("pending")

            let wrong = String(repeating: "a", count: 43)
            let hellos = [
                #"{"event":"hello","codeVerifier":"\#(wrong)"}"#, #"{"event":"hello"}"#,
                #"{"event":"ack"}"#, "not JSON",
            ]
            for hello in hellos {
                let thief = try server.page(session)
                try thief.send(hello)
                #expect(try thief.next() == .close(4401), "\(hello)")
            }
            for body in [
                #"{"sessionId":"\#(session)"}"#,
                #"{"sessionId":"\#(session)","codeVerifier":"\#(wrong)"}"#,
            ] {
                for path in ["/api/auth/claim", "/api/auth/ack", "/api/auth/cancel"] {
                    let refused = try server.call("POST", path, body)
                    #expect(refused.isError(401, "INVALID_CODE_VERIFIER"), "\(path)")
                }
            }
            // No thief has closed the owner's socket or ended the login.
            try server.whatsApp.phone("16505550142").tapConfirm()
            _ = try owner.nextEvent("auth_success")
        }
    }

    @Test func `a page that vanishes harms nobody`() async throws {
        try await withServer { server in
            let session = try server.initiate("+16505550142")
            for _ in 1...10 { _ = try server.page(session) }
            try server.whatsApp.phone("16505550142").tapConfirm()
            _ = try server.page(session).nextEvent("auth_success")
        }
    }
}
