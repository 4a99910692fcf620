import TestSupport
import Testing

/// Code challenges against somebody who has got hold of a session id, and nothing else.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct CodeChallengeTests {
    private static let challenge = #""codeChallenge":"\#(SampleProof.challenge)""#
    private static let hello = #"{"event":"hello","codeVerifier":"\#(SampleProof.verifier)"}"#

    @Test func `where a code challenge is required no login begins without one`() async throws {
        try await withServer(["OTPLESS_REQUIRE_CODE_CHALLENGE": "on"]) { server in
            let start = #"{"phoneNumber":"+16505550142""#
            for end in ["}", #","codeChallenge":null}"#] {
                let reply = try server.call("POST", "/api/auth/initiate", start + end)
                #expect(reply.isError(400, "MISSING_PARAMETERS"))
                #expect(reply.faultyFields == ["codeChallenge"])
            }
            let empty = start + #","codeChallenge":""}"#
            let refused = try server.call("POST", "/api/auth/initiate", empty)
            #expect(refused.isError(400, "INVALID_PARAMETERS"))
            #expect(throws: (any Error).self) {
                try server.whatsApp.phone("16505550142").prompt()
            }
            _ = try server.start("16505550142", Self.challenge)
            _ = try server.start("16505550142", #""code_challenge":"\#(SampleProof.challenge)""#)
        }
    }

    @Test
    func `a stranger with the session id alone neither takes over nor ends the owner's wait`()
        async throws
    {
        try await withServer { server in
            let session = try server.start("16505550142", Self.challenge)
            let owner = try server.page(session)
            try owner.send(Self.hello)
            #expect(try owner.nextEvent()["event"].text == "pending")
            let silent = try server.page(session)
            for message in Self.strangers {
                let stranger = try server.page(session)
                try stranger.send(message)
                // Nothing is told before.
                #expect(try stranger.next() == .close(4401), "\(message)")
            }
            try expectNothing(of: session, server)
            try server.press(\.confirm, on: server.whatsApp.phone("16505550142"))
            let tokens = try Session(try owner.nextEvent("auth_success")["data"])
            try expectNothing(of: session, server)
            let late = try server.page(session)
            try late.send(#"{"event":"ack"}"#)
            #expect(try late.next() == .close(4401))
            // None of them has ended the owner's pair, or the login.
            #expect(try server.me(tokens.accessToken).status == 200)
            try owner.send(#"{"event":"ack"}"#)
            #expect(try owner.next() == .close(1000))
            #expect(try server.me(tokens.accessToken).status == 200)
            try silent.send(Self.hello.replacing("hello", with: "ack"))
            #expect(try silent.next() == .close(4401))
        }
    }

    @Test func `a pair handed over again ends the one before, by socket and by claim`() async throws
    {
        try await withServer { server in
            let session = try server.confirmed("16505550142", Self.challenge)
            let page = try server.page(session)
            try page.send(Self.hello)
            let first = try Session(try page.nextEvent("auth_success")["data"])
            let body =
                #"{"sessionId":"\#(session)","codeVerifier":"\#(SampleProof.verifier)"}"#
            let second = try Session(try server.call("POST", "/api/auth/claim", body).data)
            // The page's ack is for a pair that is no more, and must not end the login.
            try page.send(#"{"event":"ack"}"#)
            #expect(try page.next() == .close(1000))
            let third = try Session(try server.call("POST", "/api/auth/claim", body).data)
            for old in [first, second] {
                #expect(try server.me(old.accessToken).isError(401, "INVALID_TOKEN"))
                #expect(try server.refresh(old.refreshToken).isError(401))
            }
            #expect(try server.me(third.accessToken).status == 200)
        }
    }

    private static let strangers = [
        #"{"event":"hello","codeVerifier":"\#(String(repeating: "a", count: 43))"}"#,
        #"{"event":"hello","codeVerifier":"\#(SampleProof.challenge)"}"#,
        #"{"event":"hello","codeVerifier":""}"#, #"{"event":"hello"}"#,
        #"{"event":"hello","codeVerifier":["\#(SampleProof.verifier)"]}"#,
        #"{"event":"hello","code":"\#(SampleProof.verifier)"}"#,
        #"{"event":"ack","codeVerifier":"\#(SampleProof.verifier)"}"#, #"{"event":"ack"}"#,
        #"{"codeVerifier":"\#(SampleProof.verifier)"}"#, "", "hello", "[]", "{",
        hello + hello,
    ]

    /// Nothing is told, collected, acknowledged or cancelled over HTTP either.
    private func expectNothing(of session: String, _ server: LiveServer) throws {
        for operation in ["claim", "ack", "cancel"] {
            for member in ["", #","codeVerifier":"\#(SampleProof.challenge)""#] {
                let body = #"{"sessionId":"\#(session)"\#(member)}"#
                let reply = try server.call("POST", "/api/auth/\(operation)", body)
                #expect(reply.isError(401, "INVALID_CODE_VERIFIER"), "\(operation)")
            }
        }
    }
}
