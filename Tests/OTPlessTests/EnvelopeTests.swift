import OTPless
import Testing

struct EnvelopeTests {
    @Test func `a success is written to the byte`() {
        let envelope = Envelope(200, "User retrieved successfully")
        #expect(envelope.status == 200)
        #expect(
            text(envelope) == """
                {"status":"success","statusCode":200,"message":"User retrieved successfully","data":{}}
                """)
    }

    @Test func `a success carries its data`() {
        let envelope = Envelope(202, "Waiting \"here\"") { data in
            data.member("a", 1)
            data.member("b", "ü")
        }
        #expect(
            text(envelope) == """
                {"status":"success","statusCode":202,"message":"Waiting \\"here\\"","data":{"a":1,"b":"ü"}}
                """)
    }

    @Test func `an error is written to the byte`() {
        let envelope = Envelope(Failure(.userNotFound))
        #expect(envelope.status == 404)
        #expect(envelope.retryAfter == nil)
        #expect(
            text(envelope) == """
                {"status":"error","statusCode":404,"error":{"code":"USER_NOT_FOUND",\
                "message":"The requested user could not be found",\
                "details":"No user exists with the provided ID"}}
                """)
    }

    @Test func `an error of a field names the field`() {
        let envelope = Envelope(Failure(.invalidName, field: "name"))
        #expect(
            text(envelope) == """
                {"status":"error","statusCode":400,"error":{"code":"INVALID_NAME",\
                "message":"Invalid name provided","details":"Name must be a non-empty string",\
                "fields":[{"field":"name","code":"INVALID_NAME",\
                "message":"Name must be a non-empty string"}]}}
                """)
    }

    @Test func `an error that may be tried again says when`() {
        let envelope = Envelope(Failure(.serviceUnavailable, details: "x", retryAfter: 9))
        #expect(envelope.retryAfter == 9)
        #expect(
            text(envelope) == """
                {"status":"error","statusCode":503,"error":{"code":"SERVICE_UNAVAILABLE",\
                "message":"Service unavailable","details":"x","retryAfter":9}}
                """)
    }

    @Test func `a frame has its event first`() {
        #expect(
            text(Logins.Outcome.delivery(.read)) == """
                {"event":"delivery","status":"success","statusCode":202,\
                "message":"Delivery updated","data":{"delivery":"read"}}
                """)
        #expect(
            text(Envelope(Failure(.loginDenied), event: "auth_denied")).hasPrefix("{\"event\":"))
    }

    @Test(arguments: [
        (Failure.Code.loginDenied, "auth_denied"), (.messageUndeliverable, "auth_failed"),
        (.sessionCancelled, "auth_cancelled"), (.sessionExpired, "auth_expired"),
    ])
    func `an outcome has the event of the contract, and none in a reply`(
        _ code: Failure.Code, _ event: String
    ) throws {
        let outcome = Logins.Outcome.ended(code)
        let frame = try JSONDocument(outcome.envelope(session: "s", to: .socket).body).root
        #expect(frame["event"]?.string == event)
        #expect(frame["statusCode"]?.integer == Int64(code.status))
        let reply = try JSONDocument(outcome.envelope(session: "s", to: .request).body).root
        #expect(reply["event"] == nil)
        #expect(reply["error"]?["code"]?.string == code.rawValue)
    }

    @Test func `a pending login and one that is over have their envelopes`() throws {
        let sample = try SampleLogin()
        let pending = Logins.Outcome.pending(sample.login).envelope(session: "sid", to: .socket)
        #expect(
            text(pending) == """
                {"event":"pending","status":"success","statusCode":202,\
                "message":"Waiting for confirmation","data":{"sessionId":"sid",\
                "expiresAt":1800000300,"delivery":"queued"}}
                """)
        let over = Logins.Outcome.over.envelope(session: "sid", to: .socket)
        #expect(over.status == 410)
        #expect(text(over).contains("\"SESSION_EXPIRED\""))
    }

    private func text(_ envelope: Envelope) -> String {
        String(decoding: envelope.body, as: UTF8.self)
    }
}
