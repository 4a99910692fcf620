import Foundation
import TestSupport
import Testing

/// docs/protocol.md, "What confirms it": a typed word does what a tap does.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct TypedWordContractTests {
    @Test(arguments: [
        ("yes", 200, nil), ("Confirmar!", 200, nil), ("no.", 403, "LOGIN_DENIED"),
        ("STOP", 403, "LOGIN_DENIED"),
    ])
    func `a typed word confirms or denies the login that is pending for its sender`(
        word: String, status: Int, code: String?
    ) async throws {
        try await withServer { server in
            let session = try server.start("16505550142")
            try type(word, server)
            let reply = try server.claim(session)
            #expect(reply.status == status && reply.code == code, "\(word): \(reply)")
        }
    }

    @Test
    func
        `an affirmative word confirms nothing while two logins are pending, a negative one denies both`()
        async throws
    {
        try await withServer { server in
            let sessions = [try server.start("16505550142"), try server.start("16505550142")]
            try type("yes", server)
            for session in sessions { #expect(try server.claim(session).status == 202) }
            try type("no", server)
            for session in sessions {
                #expect(try server.claim(session).isError(403, "LOGIN_DENIED"))
            }
        }
    }

    @Test func `OTPLESS_TYPED_WORDS off switches words off, and a tap still counts`() async throws {
        try await withServer(["OTPLESS_TYPED_WORDS": "off"]) { server in
            let session = try server.start("16505550142")
            for word in ["no", "yes"] {
                try type(word, server)
                #expect(try server.claim(session).status == 202)
            }
            try server.press(\.confirm, on: server.whatsApp.phone("16505550142"))
            #expect(try server.claim(session).isSuccess("Login confirmed"))
        }
    }

    /// The phone sends a text; what it changes is on disk when this returns.
    private func type(_ word: String, _ server: LiveServer) throws {
        let (time, id) = (Int(Date().timeIntervalSince1970), UInt64.random(in: 0 ... .max))
        let body =
            #"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"value":{"#
            + #""messaging_product":"whatsapp","metadata":{"display_phone_number":"15550783881","#
            + #""phone_number_id":"\#(SimulatedWhatsApp.numberID)"},"messages":[{"#
            + #""from":"16505550142","id":"wamid.\#(id)","timestamp":"\#(time)","type":"text","#
            + #""text":{"body":"\#(word)"}}]},"field":"messages"}]}]}"#
        let reply = try server.deliver(Array(body.utf8))
        guard reply.status == 200 else { throw Fault("text: \(reply)") }
    }
}
