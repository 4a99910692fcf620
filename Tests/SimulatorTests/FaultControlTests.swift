import OTPless
import Testing
import WhatsAppSimulator

@Suite(.timeLimit(.minutes(1)))
struct FaultControlTests {
    @Test func `faults are set, shown and cleared by HTTP`() async throws {
        try await Rig.run { rig in
            let reply = try await rig.put(
                #"{"send":{"answer":"error","code":131056,"retryAfter":6,"next":2},"#
                    + #""answerDelay":20,"phones":[{"phone":"16505550143","send":null}]}"#)
            #expect(reply.status == 200)
            var expected = SimulatorFaults()
            expected.all.send = SendFault(.error(131_056), next: 2)
            expected.all.send?.retryAfter = 6
            expected.all.answerDelay = .milliseconds(20)
            expected["16505550143"] = PhoneFaults()
            #expect(rig.simulator.faults == expected)

            #expect(try await rig.sendText().status == 400)
            let shown = try await exchange("GET", "/simulator/faults", port: rig.port)
            #expect(shown.json?.at("send", "next")?.integer == 1)

            let cleared = try await exchange("DELETE", "/simulator/faults", port: rig.port)
            #expect(cleared.status == 200)
            #expect(rig.simulator.faults == SimulatorFaults())
            #expect(try await rig.sendText().status == 200)
        }
    }

    @Test func `what is shown can be set again`() async throws {
        try await Rig.run { rig in
            let faults = Self.everything
            rig.simulator.faults = faults
            let shown = try await exchange("GET", "/simulator/faults", port: rig.port)
            rig.simulator.faults = SimulatorFaults()
            #expect(try await rig.put(shown.text).status == 200)
            #expect(rig.simulator.faults == faults)
        }
    }

    private static var everything: SimulatorFaults {
        var faults = SimulatorFaults()
        faults.all.send = SendFault(.failure(131_049), next: 7)
        faults.all.send?.status = 201
        faults.all.send?.retryAfter = 5
        faults.all.send?.regainAccess = 3
        faults.all.send?.arrives = true
        faults.all.answers = .decline
        faults.all.answerDelay = .milliseconds(1)
        faults.all.webhookDelay = .milliseconds(2)
        faults.all.copies = 3
        faults.all.reversed = true
        faults.all.beforeAnswer = true
        faults.all.statuses = [.read, .failed]
        faults.all.batch = 4
        faults.all.omitsContext = true
        faults.all.omitsContacts = true
        faults.all.window = .enforced
        faults.all.windowFailsLater = true
        faults.all.hidesNumber = true
        faults["16505550142"].send = SendFault(.page)
        faults["16505550143"].send = SendFault(.empty)
        faults["16505550144"].send = SendFault(.error(0))
        return faults
    }

    @Test(
        arguments: [
            (#"{"sned":{}}"#, "sned"),
            (#"{"send":7}"#, "send"),
            (#"{"send":{"answer":"maybe"}}"#, "send.answer"),
            (#"{"send":{"answer":"error"}}"#, "send.code"),
            (#"{"send":{"answer":"error","code":"4"}}"#, "send.code"),
            (#"{"send":{"answer":"page","code":4}}"#, "send.code"),
            (#"{"send":{"answer":"page","next":0}}"#, "send.next"),
            (#"{"send":{"answer":"page","status":600}}"#, "send.status"),
            (#"{"send":{"answer":"page","arrives":1}}"#, "send.arrives"),
            (#"{"answers":"maybe"}"#, "answers"),
            (#"{"answerDelay":-1}"#, "answerDelay"),
            (#"{"copies":0}"#, "copies"),
            (#"{"reversed":"yes"}"#, "reversed"),
            (#"{"statuses":"sent"}"#, "statuses"),
            (#"{"statuses":["sent","gone"]}"#, "statuses"),
            (#"{"batch":1001}"#, "batch"),
            (#"{"window":"ajar"}"#, "window"),
            (#"{"phones":{}}"#, "phones"),
            (#"{"phones":[{}]}"#, "phones[0].phone"),
            (#"{"phones":[{"phone":"+1 650"}]}"#, "phones[0].phone"),
            (#"{"phones":[{"phone":"16505550142","x":1}]}"#, "phones[0].x"),
        ])
    func `a bad fault is named, and nothing changes`(body: String, field: String) async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.answerDelay = .milliseconds(1)
            let before = rig.simulator.faults
            let reply = try await rig.put(body)
            let error = reply.json?["error"]
            #expect(reply.status == 400)
            #expect(error?["code"]?.equals("INVALID_PARAMETERS") == true)
            #expect(error?.at("fields", "field")?.string == field)
            #expect(rig.simulator.faults == before)
        }
    }

    @Test(arguments: ["", "[]", "{", "7"])
    func `what is not a JSON object is refused`(body: String) async throws {
        try await Rig.run { rig in
            let reply = try await rig.put(body)
            #expect(reply.status == 400)
            #expect(reply.json?.at("error", "code")?.equals("INVALID_JSON") == true)
        }
    }
}
