import OTPless
import Testing
import WhatsAppSimulator

@Suite(.timeLimit(.minutes(1)))
struct WebhookFaultTests {
    @Test func `without faults sent, delivered and read come in this order, signed`() async throws {
        try await Rig.run { rig in
            let id = try await rig.sendButtons()
            try await rig.phone("read", #"{"phone":"16505550142"}"#)
            let deliveries = await rig.receiver.takeRaw(3)
            let key = try #require(HMACKey(Array(Rig.appSecret.utf8)))
            for delivery in deliveries {
                let code = key.code(of: delivery.body[...]).map { byte in
                    (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }
                #expect(delivery.signature == "sha256=" + code.joined())
            }
            let statuses = try deliveries.flatMap {
                try JSONDocument($0.body).root.updates("statuses")
            }
            #expect(
                Set(statuses.compactMap { $0["status"]?.string }) == ["sent", "delivered", "read"])
            #expect(statuses.allSatisfy { $0["id"]?.equals(id) == true })
            #expect(statuses.allSatisfy { $0["recipient_id"]?.equals("16505550142") == true })
            // The contact beside a status has no profile.
            let first = String(decoding: deliveries[0].body, as: UTF8.self)
            #expect(first.contains(#""contacts":[{"wa_id":"16505550142","user_id":"US.2"#))
        }
    }

    @Test func `every webhook comes as often as is asked for`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.copies = 3
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            let deliveries = await rig.receiver.takeRaw(3)
            #expect(Set(deliveries.map(\.body)).count == 1)
        }
    }

    @Test func `statuses come in reverse order`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.reversed = true
            _ = try await rig.sendButtons()
            let words = try await rig.receiver.statuses(2).compactMap { $0["status"]?.string }
            #expect(words == ["delivered", "sent"])
        }
    }

    @Test func `statuses come before the answer to the send`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.beforeAnswer = true
            _ = try await rig.sendButtons()
            #expect(rig.receiver.count == 2)
            // And not once more after it.
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            let third = try #require(try await rig.receiver.take(3).last)
            #expect(third.updates("messages").count == 1)
        }
    }

    @Test func `webhooks are held back`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults["16505550142"].webhookDelay = .seconds(60)
            rig.simulator.faults["16505550143"].webhookDelay = .milliseconds(20)
            try await rig.phone("text", #"{"phone":"16505550142","text":"Late"}"#)
            try await rig.phone("text", #"{"phone":"16505550143","text":"Soon"}"#)
            let message = try #require(try await rig.receiver.message())
            #expect(message.at("text", "body")?.equals("Soon") == true)
        }
    }

    @Test func `statuses get lost`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.statuses = []
            rig.simulator.faults.all.beforeAnswer = true
            _ = try await rig.sendButtons()
            rig.simulator.faults.all.statuses = [.read]
            _ = try await rig.sendButtons()
            #expect(rig.receiver.count == 0)
            try await rig.phone("read", #"{"phone":"16505550142"}"#)
            let words = try await rig.receiver.statuses(2).compactMap { $0["status"]?.string }
            #expect(words == ["read", "read"])
        }
    }

    @Test func `a failure gets lost like any status`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.send = SendFault(.failure(131_026))
            rig.simulator.faults.all.statuses = [.sent]
            rig.simulator.faults.all.beforeAnswer = true
            _ = try await rig.sendButtons()
            #expect(rig.receiver.count == 0)
        }
    }

    @Test func `updates share a delivery`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.batch = 9
            for phone in ["16505550142", "16505550143"] {
                _ = try await rig.sendButtons(to: phone)
                for text in ["One", "Two"] {
                    try await rig.phone("text", #"{"phone":"\#(phone)","text":"\#(text)"}"#)
                }
            }
            try await rig.phone("text", #"{"phone":"16505550142","text":"Three"}"#)
            let delivery = try #require(try await rig.receiver.take(1).first)
            #expect(delivery.updates("statuses").count == 4)
            #expect(delivery.updates("messages").count == 5)
            #expect(delivery["entry"]?.elements.map { $0["id"]?.string }.count ?? 0 > 1)
            for value in delivery.values {
                #expect((value["messages"] == nil) != (value["statuses"] == nil))
                #expect(value.at("metadata", "phone_number_id")?.string == "106540352242922")
                let people = Set(
                    (value["messages"] ?? value).elements.compactMap { $0["from"]?.string })
                let listed = (value["contacts"] ?? value).elements.compactMap {
                    $0["wa_id"]?.string
                }
                #expect(people.isSubset(of: listed) && Set(listed).count == listed.count)
            }
        }
    }

    @Test func `a batch that is not full comes when the faults are cleared`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.batch = 1000
            rig.simulator.faults.all.reversed = true
            for text in ["One", "Two"] {
                try await rig.phone("text", #"{"phone":"16505550142","text":"\#(text)"}"#)
            }
            #expect(rig.receiver.count == 0)
            _ = try await exchange("DELETE", "/simulator/faults", port: rig.port)
            let delivery = try #require(try await rig.receiver.take(1).first)
            let texts = delivery.updates("messages").compactMap { $0.at("text", "body")?.string }
            #expect(texts == ["Two", "One"])
        }
    }

    @Test func `a thousand updates of many phones come in one delivery`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.batch = 1000
            let phones = (0..<500).map { String(16_505_550_000 + $0) }
            try await Rig.each(phones) { phone in
                let reply = try await rig.sendText(to: phone)
                #expect(reply.status == 200)
            }
            let delivery = try #require(await rig.receiver.takeRaw(1).first)
            #expect(delivery.body.count < 3 << 20)
            let limits = JSONDocument.Limits(maxNodes: 400_000)
            let updates = try JSONDocument(delivery.body, limits: limits).root.updates("statuses")
            #expect(updates.count == 1000)
            let recipients = Set(updates.compactMap { $0["recipient_id"]?.string })
            #expect(recipients == Set(phones))
        }
    }

    @Test func `a person with a user name may show no number`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults["16505550142"].hidesNumber = true
            let id = try await rig.sendButtons()
            try await rig.phone(
                "tap", #"{"phone":"16505550142","messageId":"\#(id)","buttonId":"yes"}"#)
            for delivery in await rig.receiver.takeRaw(3) {
                let text = String(decoding: delivery.body, as: UTF8.self)
                #expect(!text.contains("16505550142") && text.contains("US.24105550561"))
            }
        }
    }

    @Test func `webhooks may come without contacts`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults.all.omitsContacts = true
            _ = try await rig.sendButtons()
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            rig.simulator.faults.all.send = SendFault(.failure(131_026))
            _ = try await rig.sendText()
            for delivery in try await rig.receiver.take(4) {
                #expect(delivery.values.allSatisfy { $0["contacts"] == nil })
                #expect(
                    delivery.updates("messages").count + delivery.updates("statuses").count == 1)
            }
        }
    }

    @Test func `a webhook that is not taken is repeated`() async throws {
        try await Rig.run(refusing: [503]) { rig in
            try await rig.phone("text", #"{"phone":"16505550142","text":"Hi"}"#)
            let deliveries = await rig.receiver.takeRaw(2)
            #expect(deliveries.first?.body == deliveries.last?.body)
        }
    }

    @Test func `one phone's webhook faults are its own`() async throws {
        try await Rig.run { rig in
            rig.simulator.faults["16505550143"].statuses = []
            rig.simulator.faults["16505550143"].beforeAnswer = true
            rig.simulator.faults.all.beforeAnswer = true
            _ = try await rig.sendButtons(to: "16505550143")
            #expect(rig.receiver.count == 0)
            _ = try await rig.sendButtons(to: "16505550142")
            #expect(rig.receiver.count == 2)
        }
    }
}
