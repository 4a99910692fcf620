import OTPless
import TestSupport
import Testing

struct CloudAPIErrorTests {
    @Test(arguments: [1, 2, 131_000, 131_016, 131_057, 133_004])
    func `a temporary failure is tried again soon, three times`(_ code: Int) {
        let error = Self.error(code)
        #expect((1...4).map { error.pause(afterTry: $0) } == Self.milliseconds(500, 1000, 2000))
    }

    @Test(arguments: [4, 80_007, 130_429])
    func `a limit of throughput is tried again more slowly`(_ code: Int) {
        let error = Self.error(code)
        #expect((1...4).map { error.pause(afterTry: $0) } == Self.milliseconds(1000, 2000, 4000))
    }

    @Test func `the limit of a pair is 6 seconds, and four times as long each time`() {
        let error = Self.error(131_056)
        #expect((1...4).map { error.pause(afterTry: $0) } == Self.milliseconds(6000, 24000, 96000))
    }

    @Test(arguments: [
        0, 3, 10, 100, 190, 200, 299, 368, 130_472, 130_497, 131_005, 131_008, 131_009, 131_021,
        131_026, 131_030, 131_031, 131_042, 131_047, 131_048, 131_049, 131_051, 131_062, 131_064,
        132_000, 132_001, 132_015, 133_010, 135_000, 137_000, -1, 99_999_999,
    ])
    func `no other code is tried again, whatever its status`(_ code: Int) {
        for status in [400, 401, 403, 404, 429, 500, 503] {
            #expect(Self.error(code, status: status).pause(afterTry: 1) == nil)
        }
    }

    @Test func `an answer without a code is not tried again`() {
        for body in ["", "<html>502 Bad Gateway</html>", "{}", #"{"error":"x"}"#, "[1,]", "null"] {
            for status in [200, 302, 429, 502, 503] {
                let response = IncomingResponse(
                    status: status, body: Array(body.utf8), retryAfter: .seconds(1))
                let error = CloudAPIError(response)
                #expect(error.pause(afterTry: 1) == nil)
                #expect(error.description == "HTTP \(status)")
            }
        }
    }

    @Test func `what the API says of when to come back counts, if it is longer`() {
        #expect(Self.error(4, after: .seconds(7)).pause(afterTry: 1) == .seconds(7))
        #expect(Self.error(2, after: .seconds(7)).pause(afterTry: 1) == .seconds(7))
        #expect(Self.error(131_056, after: .seconds(2)).pause(afterTry: 1) == .seconds(6))
    }

    @Test func `the usage header gives minutes`() {
        let usage = #"{"102":[{"type":"x","estimated_time_to_regain_access":3},{"call_count":9}]}"#
        for (text, pause) in [
            (usage, Duration.seconds(180)), ("{}", .seconds(1)), ("nonsense", .seconds(1)),
            (#"{"1":[{"estimated_time_to_regain_access":-5}]}"#, .seconds(1)),
        ] {
            let response = IncomingResponse(
                status: 429, body: Array(#"{"error":{"code":80007}}"#.utf8),
                headers: [("X-Business-Use-Case-Usage", text)])
            #expect(CloudAPIError(response).pause(afterTry: 1) == pause)
        }
    }

    @Test func `only 131047 means that a template is needed`() {
        #expect(Self.error(131_047).reason == .windowClosed)
        for code in [0, 1, 131_026, 131_048, 131_049] {
            #expect(Self.error(code).reason == .other)
        }
    }

    @Test func `the log is told status, code and trace, and nothing else of the body`() {
        let body = #"""
            {"error":{"message":"(#131026) to +16505550142","code":131026,"fbtrace_id":"AbC-1_2",
            "error_data":{"details":"+16505550142 is not a WhatsApp number"}}}
            """#
        let error = CloudAPIError(IncomingResponse(status: 400, body: Array(body.utf8)))
        #expect(error.description == "HTTP 400, code 131026, fbtrace_id AbC-1_2")
        let odd = #"{"error":{"code":1,"fbtrace_id":"Bearer abc\n"}}"#
        let hostile = CloudAPIError(IncomingResponse(status: 400, body: Array(odd.utf8)))
        #expect(hostile.description == "HTTP 400, code 1")
    }

    private static func error(
        _ code: Int, status: Int = 400, after: Duration? = nil
    ) -> CloudAPIError {
        CloudAPIError(
            IncomingResponse(
                status: status, body: Array(#"{"error":{"code":\#(code)}}"#.utf8),
                retryAfter: after))
    }

    private static func milliseconds(_ pauses: Int...) -> [Duration?] {
        pauses.map { .milliseconds($0) } + [nil]
    }
}
