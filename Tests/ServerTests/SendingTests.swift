import TestSupport
import Testing
import WhatsAppSimulator

/// What becomes of a message whose send goes wrong.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct SendingTests {
    private static let phone = "16505550142"

    @Test(arguments: [2, 131_000, 130_429])
    func `a temporary refusal is tried again, and one message arrives`(_ code: Int) async throws {
        try await withServer { server in
            server.whatsApp.simulator.faults.all.send = SendFault(.error(code), next: 1)
            let session = try server.initiate("+" + Self.phone)
            #expect(server.whatsApp.simulator.faults.all.send == nil)
            try server.whatsApp.phone(Self.phone).tapConfirm()
            _ = try server.page(session).nextEvent("auth_success")
        }
    }

    @Test func `a refusal that lasts is given up`() async throws {
        try await withServer { server in
            server.whatsApp.simulator.faults.all.send = SendFault(.error(2), next: 100)
            let reply = try Self.initiate(server)
            #expect(reply.isError(500, "MESSAGE_SEND_FAILED"))
            #expect(server.whatsApp.simulator.faults.all.send?.next == 96)
        }
    }

    @Test(arguments: [SendFault.Answer.error(131_026), .error(190), .error(132_001), .page, .empty])
    func `what will not pass is not tried again`(_ answer: SendFault.Answer) async throws {
        try await withServer { server in
            server.whatsApp.simulator.faults.all.send = SendFault(answer, next: 100)
            let reply = try Self.initiate(server)
            #expect(reply.isError(500, "MESSAGE_SEND_FAILED"))
            #expect(server.whatsApp.simulator.faults.all.send?.next == 99)
        }
    }

    @Test func `a deny between two tries is the end of it`() async throws {
        try await withServer(["OTPLESS_DENY_BLOCK": "10m"]) { server in
            server.whatsApp.simulator.faults.all.send = SendFault(.error(4), next: 1)
            let port = server.port
            let request = HTTPRequest(
                method: "POST", path: "/api/auth/initiate",
                headers: [("Content-Type", "application/json")],
                body: Array(#"{"phoneNumber":"+\#(Self.phone)"}"#.utf8))
            let waiting = try Background { try exchange(request, port: port) }
            _ = try waitFor("the first try") {
                server.whatsApp.simulator.faults.all.send == nil ? true : nil
            }
            try server.whatsApp.phone(Self.phone).type("no")
            #expect(try waiting.value().isError(500, "MESSAGE_SEND_FAILED"))
            #expect(throws: Fault.self) { try server.whatsApp.phone(Self.phone).prompt() }
        }
    }

    @Test func `Retry-After is waited for`() async throws {
        try await withServer { server in
            server.whatsApp.simulator.faults.all.send = SendFault(.error(4), next: 1)
            server.whatsApp.simulator.faults.all.send?.retryAfter = 2
            let begin = ContinuousClock.now
            _ = try server.initiate("+" + Self.phone)
            #expect(ContinuousClock.now - begin >= .seconds(2))
        }
    }

    @Test func `what would take longer than a page waits is given up at once`() async throws {
        try await withServer { server in
            var fault = SendFault(.error(4), next: 100)
            for seconds in [60, nil] {
                fault.retryAfter = seconds
                fault.regainAccess = seconds == nil ? 1 : nil
                server.whatsApp.simulator.faults.all.send = fault
                let reply = try Self.initiate(server)
                #expect(reply.isError(500, "MESSAGE_SEND_FAILED"))
                #expect(server.whatsApp.simulator.faults.all.send?.next == 99)
            }
        }
    }

    @Test func `a report that comes before the answer to the send is believed`() async throws {
        try await withServer { server in
            server.whatsApp.simulator.faults.all.beforeAnswer = true
            let page = try server.page(try server.initiate("+" + Self.phone))
            #expect(try page.nextEvent()["data"]["delivery"].text == "delivered")
            server.whatsApp.simulator.faults.all.send = SendFault(.failure(131_026))
            let failed = try server.page(try server.initiate("+16505550143"))
            let event = try failed.nextEvent("auth_failed")
            #expect(event["statusCode"].number == 502)
            #expect(event["error"]["code"].text == "MESSAGE_UNDELIVERABLE")
            #expect(try failed.next() == .close(1000))
            #expect(server.log.contains(#""cause":"code 131026""#))
        }
    }

    @Test func `repeated, reversed and gathered webhooks confirm once`() async throws {
        try await withServer { server in
            var faults = PhoneFaults()
            (faults.copies, faults.reversed, faults.batch) = (3, true, 3)
            server.whatsApp.simulator.faults.all = faults
            let page = try server.page(try server.initiate("+" + Self.phone))
            try server.whatsApp.phone(Self.phone).tapConfirm()
            let signedIn = try page.nextEvent("auth_success")["data"]
            let devices = try server.call(
                "GET", "/api/user/me/devices", bearer: signedIn["accessToken"].text)
            #expect(devices.json["data"]["devices"].list.count == 1)
        }
    }

    @Test func `pages are told nothing of deliveries where that is switched off`() async throws {
        try await withServer(["OTPLESS_DELIVERY_EVENTS": "off"]) { server in
            server.whatsApp.simulator.faults.all.beforeAnswer = true
            server.whatsApp.simulator.faults.all.send = SendFault(.failure(131_026))
            let page = try server.page(try server.initiate("+" + Self.phone))
            #expect(try page.nextEvent("pending")["data"]["delivery"].text == "queued")
            #expect(server.log.contains("message not delivered"))
            server.whatsApp.simulator.faults = SimulatorFaults()
            let other = try server.page(try server.initiate("+" + Self.phone))
            try server.whatsApp.phone(Self.phone).tapConfirm()
            #expect(try other.nextEvent()["data"]["delivery"].text == "queued")
            #expect(try other.nextEvent()["event"].text == "auth_success")
        }
    }

    private static func initiate(_ server: LiveServer) throws -> HTTPReply {
        try server.call("POST", "/api/auth/initiate", #"{"phoneNumber":"+\#(phone)"}"#)
    }
}
