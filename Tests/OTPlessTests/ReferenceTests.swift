import OTPless
import Testing

struct ReferenceTests {
    @Test func `a session id and a button's payload read back as they were written`() throws {
        let sample = try SampleLogin()
        let session = try #require(SessionID(sample.session))
        #expect(session.login == sample.login.id)
        #expect(session.text == sample.session)
        #expect(session.text.utf8.count == 43)
        for (verb, letter) in [(AnswerPayload.Verb.confirm, "c"), (.deny, "d")] {
            guard case .button(let payload) = try sample.answer(verb).content else {
                throw UnexpectedOutcome()
            }
            #expect(payload.text.hasPrefix("otpless.\(letter)."))
            #expect(payload.text.utf8.count == 53)
            #expect(payload.login == sample.login.id)
        }
    }

    @Test(arguments: [
        "", "a", String(repeating: "A", count: 42), String(repeating: "A", count: 44),
        String(repeating: "A", count: 42) + "B", String(repeating: "A", count: 42) + "=",
        String(repeating: "A", count: 42) + "+", " " + String(repeating: "A", count: 42),
        String(repeating: "é", count: 43), String(repeating: "A", count: 100_000),
    ])
    func `a malformed reference is refused`(_ text: String) {
        #expect(SessionID(text) == nil)
        #expect(AnswerPayload("otpless.c." + text) == nil)
    }

    @Test func `a payload that is not ours is refused`() {
        let reference = String(repeating: "A", count: 43)
        #expect(AnswerPayload("otpless.c." + reference) != nil)
        for prefix in ["", "otpless.x.", "otpless.C.", "OTPLESS.c.", "c.", " otpless.c."] {
            #expect(AnswerPayload(prefix + reference) == nil)
        }
    }

    @Test func `identifiers are lower-case UUIDs of version 7 that sort by time`() throws {
        let entropy = Entropy.seeded()
        let times = [0, 1, 1000, 1_800_000_000_000].map { Timestamp(milliseconds: $0) }
        let ids = times.map { Identifier<User>.make(at: $0, entropy) }
        let texts = ids.map(\.description)
        #expect(texts == texts.sorted())
        for (id, text) in zip(ids, texts) {
            #expect(Identifier<User>(text) == id)
            #expect(Identifier<User>(bytes: id.bytes) == id)
            #expect(Array(text)[14] == "7")
            #expect("89ab".contains(Array(text)[19]))
            #expect(Identifier<User>(text.uppercased()) == nil || text.uppercased() == text)
        }
    }

    @Test(arguments: [
        "", "0192f0c1-8e5a-7c3e-9d2b-3f6a1e0c4b5", "0192f0c1-8e5a-7c3e-9d2b-3f6a1e0c4b5dd",
        "0192f0c18e5a7c3e9d2b3f6a1e0c4b5d", "0192F0C1-8E5A-7C3E-9D2B-3F6A1E0C4B5D",
        "{192f0c1-8e5a-7c3e-9d2b-3f6a1e0c4b5}", "0192f0c1-8e5a-7c3e-9d2b-3f6a1e0c4b5g",
        "0192f0c1_8e5a_7c3e_9d2b_3f6a1e0c4b5d", "------------------------------------",
    ])
    func `anything but a lower-case UUID is refused`(_ text: String) {
        #expect(UserID(text) == nil)
    }

    @Test func `the challenge of RFC 7636 appendix B accepts its verifier alone`() throws {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        let challenge = try #require(CodeChallenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"))
        #expect(challenge.accepts(verifier))
        #expect(!challenge.accepts(""))
        #expect(!challenge.accepts(String(verifier.dropLast())))
        #expect(!challenge.accepts(verifier + "A"))
        #expect(!challenge.accepts(verifier.lowercased()))
        #expect(!challenge.accepts(challenge.text))
    }

    @Test func `a verifier has 43 to 128 characters`() throws {
        for (count, isAccepted) in [(42, false), (43, true), (128, true), (129, false)] {
            let verifier = String(repeating: "v", count: count)
            let challenge = CodeChallenge(Base64URL.encode(Digest(of: verifier.utf8).bytes))
            #expect(try #require(challenge).accepts(verifier) == isAccepted)
        }
    }

    @Test(arguments: [
        "", "plain", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN",
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM",
    ])
    func `anything but canonical base64url of 32 bytes is no challenge`(_ text: String) {
        #expect(CodeChallenge(text) == nil)
    }
}
