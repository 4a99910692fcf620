import OTPless
import Testing
import Webhook

struct DeliveryReportTests {
    @Test func `statuses move a login forward, never back`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let steps: [(String, Login.Delivery)] = [
            ("sent", .sent), ("delivered", .delivered), ("sent", .delivered), ("read", .read),
            ("delivered", .read), ("failed", .read),
        ]
        for (word, stage) in steps {
            let status = Body.status(word, of: login.messageID)
            try await test.deliver(Body.change(Body.statuses(status)))
            #expect(try await test.delivery(of: login) == stage)
        }
        #expect(try await test.state(of: login) == .pending)
        #expect(test.events.logins.count == 3, "sent, delivered and read")
    }

    @Test func `a message that failed ends its login`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let errors = #","errors":[{"code":131026,"title":"Message undeliverable"}]"#
        let status = Body.status("failed", of: login.messageID, errors)
        try await test.deliver(Body.change(Body.statuses(status)))
        #expect(try await test.state(of: login) == .failed)
        #expect(test.events.logins == [login.id])
    }

    @Test func `callback data names the login of a message not known yet`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let data = #","biz_opaque_callback_data":"\#(login.id)""#
        let early = Body.status("delivered", of: "wamid.NOT-KNOWN", data)
        try await test.deliver(Body.change(Body.statuses(early)))
        #expect(try await test.delivery(of: login) == .delivered)
        for value in [#""nonsense""#, "7", "null", "{}"] {
            let data = #","biz_opaque_callback_data":\#(value)"#
            let foreign = Body.status("read", of: "wamid.NOT-KNOWN", data)
            try await test.deliver(Body.change(Body.statuses(foreign)))
        }
        #expect(try await test.delivery(of: login) == .delivered)
    }

    @Test func `a known message counts more than callback data`() async throws {
        let test = try await TestApp()
        let (one, other) = (try await test.start(), try await test.start("+16505550143"))
        let data = #","biz_opaque_callback_data":"\#(other.id)""#
        try await test.deliver(
            Body.change(Body.statuses(Body.status("read", of: one.messageID, data))))
        #expect(try await test.delivery(of: one) == .read)
        #expect(try await test.delivery(of: other) == .queued)
    }

    @Test func `statuses of other words and of other messages change nothing`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        for word in ["deleted", "warning", "played", "SENT", "", "pending"] {
            let status = Body.status(word, of: login.messageID)
            try await test.deliver(Body.change(Body.statuses(status)))
        }
        try await test.deliver(Body.change(Body.statuses(Body.status("read", of: "wamid.OTHER"))))
        #expect(try await test.delivery(of: login) == .queued)
        #expect(test.events.logins.isEmpty)
    }

    @Test func `a thousand statuses in one delivery are all applied`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let foreign = (1..<1000).map { Body.status("delivered", of: "wamid.OTHER-\($0)") }
        let ours = Body.status("delivered", of: login.messageID)
        let list = (foreign + [ours]).joined(separator: ",")
        try await test.deliver(Body.change(#""statuses":[\#(list)]"#))
        #expect(try await test.delivery(of: login) == .delivered)
    }
}
