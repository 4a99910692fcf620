import OTPless
import TestSupport
import Testing
import Webhook

struct ButtonReplyTests {
    @Test func `a tap on either kind of button confirms or denies`() async throws {
        let test = try await TestApp()
        for makes in [Body.tap, Body.quickReply] {
            for (isConfirm, state) in [(true, Login.State.confirmed), (false, .denied)] {
                let login = try await test.start()
                // After a deny the next prompt has to wait.
                defer { test.clock.advance(by: .seconds(600)) }
                let payload = isConfirm ? login.confirm : login.deny
                let message = makes(
                    payload, login.sender, "wamid.\(login.id)", Body.context(login.messageID))
                try await test.deliver(Body.change(Body.messages(message)))
                #expect(try await test.state(of: login) == state)
                #expect(test.events.logins.last == login.id)
            }
        }
    }

    @Test func `a tap counts without a context and with one not known yet`() async throws {
        let test = try await TestApp()
        for context in ["", Body.context("wamid.UNKNOWN"), #""context":null,"#, #""context":{},"#] {
            let login = try await test.start()
            let message = Body.tap(
                login.confirm, from: login.sender, id: login.session, context: context)
            try await test.deliver(Body.change(Body.messages(message)))
            #expect(try await test.state(of: login) == .confirmed, "\(context)")
        }
    }

    @Test func `a tap that quotes another login's message counts for neither`() async throws {
        let test = try await TestApp()
        let (one, other) = (try await test.start(), try await test.start())
        let message = Body.tap(
            one.confirm, from: one.sender, context: Body.context(other.messageID))
        try await test.deliver(Body.change(Body.messages(message)))
        #expect(try await test.state(of: one) == .pending)
        #expect(try await test.state(of: other) == .pending)
    }

    @Test func `a tap from another phone counts for nothing`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        for sender in ["16505550143", "6505550142", "0016505550142", "+16505550142", ""] {
            let message = Body.tap(login.confirm, from: sender, id: "wamid.\(sender)")
            try await test.deliver(Body.change(Body.messages(message)))
        }
        #expect(try await test.state(of: login) == .pending)
        #expect(test.events.logins.isEmpty)
    }

    @Test(arguments: [
        #","forwarded":true"#, #","frequently_forwarded":true"#,
        #","forwarded":true,"frequently_forwarded":false"#,
    ])
    func `a forwarded tap counts for nothing`(flag: String) async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let context = Body.context(login.messageID, flag)
        let message = Body.tap(login.confirm, from: login.sender, context: context)
        try await test.deliver(Body.change(Body.messages(message)))
        #expect(try await test.state(of: login) == .pending)
    }

    @Test func `a tap in a group counts for nothing`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let message = Body.tap(
            login.confirm, from: login.sender, context: #""group_id":"120363041@g.us","#)
        try await test.deliver(Body.change(Body.messages(message)))
        #expect(try await test.state(of: login) == .pending)
    }

    @Test func `a tap on a message of another sending number counts for nothing`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let tap = Body.messages(Body.tap(login.confirm, from: login.sender))
        for number in ["106540352242923", "", "0106540352242922"] {
            try await test.deliver(Body.change(tap, number: number))
        }
        #expect(try await test.state(of: login) == .pending)
        try await test.deliver(Body.change(tap))
        #expect(try await test.state(of: login) == .confirmed)
    }

    @Test func `the same delivery twice changes nothing more`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let confirm = Body.change(Body.messages(Body.tap(login.confirm, from: login.sender)))
        try await test.deliver(confirm)
        try await test.deliver(confirm)
        #expect(test.events.logins == [login.id])
        let again = Body.tap(login.confirm, from: login.sender, id: "wamid.IN2")
        try await test.deliver(Body.change(Body.messages(again)))
        #expect(test.events.logins == [login.id])
        #expect(try await test.state(of: login) == .confirmed)
    }

    @Test func `a tap after the end counts for nothing`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        test.clock.advance(by: .seconds(301))
        let message = Body.tap(login.confirm, from: login.sender)
        try await test.deliver(Body.change(Body.messages(message)))
        #expect(try await test.state(of: login) == .pending, "expired, and never confirmed")
        #expect(test.events.logins.isEmpty)
    }

    @Test func `a payload that is not ours counts for nothing`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let secret = login.confirm.dropFirst(10)
        let payloads = [
            "", "yes", "otpless.c.", "otpless.x.\(secret)", "OTPLESS.C.\(secret)", "\(secret)",
            login.confirm + "A", String(login.confirm.dropLast()), "otpless.c." + login.session,
            login.confirm + "\\u0000", " " + login.confirm,
        ]
        for (index, payload) in payloads.enumerated() {
            let message = Body.tap(payload, from: login.sender, id: "wamid.\(index)")
            try await test.deliver(Body.change(Body.messages(message)))
        }
        #expect(try await test.state(of: login) == .pending)
    }
}
