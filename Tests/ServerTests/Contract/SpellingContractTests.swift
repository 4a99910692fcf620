import TestSupport
import Testing

/// CONTRACT section 1: both spellings of a name hold for the WebSocket too.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct SpellingContractTests {
    @Test func `a WebSocket takes session_id for sessionId`() async throws {
        try await withServer { server in
            let session = try server.start("16505550142")
            let request = PageSocket.request("/api/auth/ws?session_id=\(session)")
            #expect(try exchange(request, port: server.port).status == 101)
        }
    }

    @Test func `a hello takes code_verifier for codeVerifier`() async throws {
        try await withServer { server in
            let challenge = #""codeChallenge":"\#(SampleProof.challenge)""#
            let session = try server.start("16505550142", challenge)
            let page = try server.page(session)
            try page.send(#"{"event":"hello","code_verifier":"\#(SampleProof.verifier)"}"#)
            #expect(try page.nextEvent()["event"].text == "pending")
        }
    }

    @Test func `two different session ids at once are INVALID_PARAMETERS for a WebSocket`()
        async throws
    {
        try await withServer { server in
            let session = try server.start("16505550142")
            let path = "/api/auth/ws?sessionId=\(session)&session_id="
            let reply = try exchange(PageSocket.request(path + "x"), port: server.port)
            #expect(reply.isError(400, "INVALID_PARAMETERS"), "\(reply)")
            #expect(reply.faultyFields == ["sessionId"])
            let same = try exchange(PageSocket.request(path + session), port: server.port)
            #expect(same.status == 101)
        }
    }
}
