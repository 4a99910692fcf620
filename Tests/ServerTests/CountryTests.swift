import TestSupport
import Testing

/// Whose numbers may sign in.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct CountryTests {
    private static let phone = "16505550142"

    @Test func `a country that is not allowed is refused, for both methods`() async throws {
        try await withServer(["OTPLESS_COUNTRIES": "+49,+1650"]) { server in
            for (digits, isAllowed) in [
                (Self.phone, true), ("4915112345678", true), ("14155550142", false),
                ("436641234567", false), ("14955550142", false),
            ] {
                for method in ["prompt", "link"] {
                    let reply = try server.login(by: method, for: digits)
                    let isRight =
                        isAllowed
                        ? reply.status == 200
                        : reply.isError(403, "COUNTRY_NOT_ALLOWED")
                            && reply.json["error"]["fields"].list.map { $0["field"].text }
                                == ["phoneNumber"]
                    #expect(isRight, "\(reply)")
                }
            }
            let blocked = try server.metrics()
            #expect(blocked.value("otpless_logins_blocked_total", ["reason": "country"]) == 6)
        }
    }

    @Test func `the code of a phone whose country is not allowed signs nobody in`() async throws {
        try await withServer(["OTPLESS_COUNTRIES": "-+44"]) { server in
            let link = try server.login(by: "link")
            let code = try #require(link.json["data"]["code"].text)
            let session = try #require(link.json["data"]["sessionId"].text)
            #expect(try server.deliver(Typed.text(code, by: "447911123456")).status == 200)
            #expect(try server.claim(session).status == 202)
            // It is still there for whoever may.
            #expect(try server.deliver(Typed.text(code, by: Self.phone)).status == 200)
            #expect(
                try server.claim(session).json["data"]["user"]["phoneNumber"].text == "+16505550142"
            )
        }
    }
}
