import OTPless
import TestSupport
import Testing
import Wire

/// Pages that come twice, and pages that must prove themselves.
struct ReconnectTests {
    @Test func `a newer page takes over and the older is closed 4409`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            let older = try await rig.connect(login)
            #expect(try await older.event().name == "pending")
            let newer = try await rig.connect(login)
            #expect(try await newer.event().name == "pending")
            #expect(try await older.closing() == 4409)
            try await rig.answer(login, \.confirm)
            #expect(try await newer.event().name == "auth_success")
        }
    }

    @Test func `an older page that goes does not take the newer one with it`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            var pages: [Client] = []
            for _ in 0..<8 {
                pages.append(try await rig.connect(login))
                #expect(try await pages.last?.event().name == "pending")
            }
            for page in pages.dropLast() { #expect(try await page.closing() == 4409) }
            try await rig.answer(login, \.confirm)
            #expect(try await pages.last?.event().name == "auth_success")
        }
    }

    @Test func `a page that comes again before its ack gets a fresh pair`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            try await rig.answer(login, \.confirm)
            let lost = try await rig.connect(login)
            let first = try await lost.event()
            lost.reset()
            let page = try await rig.connect(login)
            let second = try await page.event()
            #expect(first.name == "auth_success" && second.name == "auth_success")
            #expect(first.text("userId") == second.text("userId"))
            let (old, new) = (try tokens(first), try tokens(second))
            #expect(old.refresh != new.refresh && old.access != new.access)
            #expect(throws: Failure(.invalidToken)) { try caller(old.access, rig) }
            await #expect(throws: Failure(.invalidRefreshToken)) {
                try await rig.app.tokens.refresh(old.refresh, user: nil)
            }
            let (before, after) = (first["isNewUser"]?.bool, second["isNewUser"]?.bool)
            #expect(before == true && after == true)
            _ = try caller(new.access, rig)
            try page.acknowledge()
            #expect(try await page.closing() == 1000)
            _ = try await rig.app.tokens.refresh(new.refresh, user: nil)
        }
    }

    @Test func `a refresh with the new pair counts as the ack`() async throws {
        try await withGateway { rig in
            let login = try await rig.start()
            try await rig.answer(login, \.confirm)
            let pair = try tokens(try await rig.connect(login).event())
            _ = try await rig.app.tokens.refresh(pair.refresh, user: nil)
            #expect(try await rig.refusal(login).text == "SESSION_EXPIRED")
        }
    }

    private func tokens(_ event: Event) throws -> (access: String, refresh: String) {
        (try #require(event.text("accessToken")), try #require(event.text("refreshToken")))
    }

    private func caller(_ token: String, _ rig: Rig) throws -> Caller {
        try rig.app.tokens.caller(authorization: Array("Bearer \(token)".utf8)[...])
    }

    // MARK: Verifiers

    @Test func `a page with a challenge hears nothing before its verifier`() async throws {
        try await withGateway { rig in
            let login = try await rig.start(Rig.challenge)
            let page = try await rig.connect(login)
            try await rig.answer(login, \.confirm)
            try page.send(.ping([1]))
            #expect(try await page.frame().opcode == 10, "the first frame of all")
            try page.hello(Rig.verifier)
            #expect(try await page.event().name == "auth_success")
        }
    }

    @Test(arguments: [
        #"{"event":"hello","codeVerifier":"wrong"}"#, #"{"event":"hello"}"#, #"{"event":"ack"}"#,
        #"{"event":"hello","codeVerifier":7}"#, "", "hello", "{", "null",
        #"{"event":"hello","codeVerifier":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}"#,
        #"{"event":"Hello","codeVerifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"}"#,
    ])
    func `a page whose first message is not the right hello is closed 4401`(
        message: String
    ) async throws {
        try await withGateway { rig in
            let login = try await rig.start(Rig.challenge)
            let page = try await rig.connect(login)
            try page.send(.text(message))
            try page.hello(Rig.verifier)
            #expect(try await page.closing() == 4401)
            let next = try await rig.connect(login)
            try next.hello(Rig.verifier)
            #expect(try await next.event().name == "pending")
        }
    }

    @Test func `only a page that has proved itself takes over`() async throws {
        try await withGateway { rig in
            let login = try await rig.start(Rig.challenge)
            let page = try await rig.connect(login)
            try page.hello(Rig.verifier)
            #expect(try await page.event().name == "pending")
            let thief = try await rig.connect(login)
            try thief.hello(String(repeating: "x", count: 43))
            #expect(try await thief.closing() == 4401)
            try await rig.answer(login, \.confirm)
            #expect(try await page.event().name == "auth_success")
        }
    }

    @Test func `a hello right behind the upgrade is heard`() async throws {
        try await withGateway { rig in
            let login = try await rig.start(Rig.challenge)
            let page = try Client(port: rig.server.addresses[0].port)
            let hello = #"{"event":"hello","codeVerifier":"\#(Rig.verifier)"}"#
            let path = "/ws?sessionId=\(login.session)"
            #expect(try await page.upgrade(path, frames: [.text(hello)]).status == 101)
            #expect(try await page.event().name == "pending")
        }
    }
}
