import Metrics
import Testing
import Webhook

@Suite struct WebhookMetricsTests {
    @Test func `a signed webhook of an unknown shape is counted as unknown`() async throws {
        let app = try await TestApp()
        for body in [
            "{}", "[]", #"{"object":"page"}"#, #"{"object":"whatsapp_business_account"}"#,
            #"{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"flows"}]}]}"#,
            Self.value(#""messages":[{"type":"text"}]"#),
            Self.value(#""statuses":[{"id":"wamid.1","status":"played"}]"#),
        ] {
            try await app.deliver(body)
        }
        #expect(Self.events(of: app) == ["unknown": 7])
    }

    @Test func `what a webhook holds is counted element by element`() async throws {
        let app = try await TestApp()
        try await app.deliver(
            Self.value(
                #"""
                "messages":[{"id":"1","from":"16505550142","type":"text","text":{"body":"hi"}},
                {"id":"2","from":"16505550142","type":"image"},{"type":"text"}],
                "statuses":[{"id":"3","status":"sent"},{"id":"3","status":"read"},
                {"id":"4","status":"failed"}]
                """#))
        try await app.deliver(Self.value(#""messages":[]"#, number: "1"))
        #expect(
            Self.events(of: app) == [
                "text": 1, "other": 1, "unknown": 1, "sent": 1, "read": 1, "failed": 1,
                "foreign": 1,
            ])
    }

    private static func value(
        _ members: String, number: String = TestApp.phoneNumberID
    ) -> String {
        #"{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","#
            + #""value":{"metadata":{"phone_number_id":"\#(number)"},\#(members)}}]}]}"#
    }

    /// The kinds that were counted.
    private static func events(of app: TestApp) -> [String: Int] {
        var page = Exposition(prefix: "")
        app.endpoint.metrics.write(to: &page)
        var events: [String: Int] = [:]
        for line in page.text.split(separator: "\n") {
            guard let match = line.wholeMatch(of: /webhook_events_total\{kind="(.+)"\} (\d+)/),
                let count = Int(match.output.2), count > 0
            else { continue }
            events[String(match.output.1)] = count
        }
        return events
    }
}
