import Loop
import OTPless
import Wire

/// What a person does with the phone; each is one POST with a JSON object.
struct PhoneActions {
    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    /// Taps a button of a message.
    func tap(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let phone = try fields.phone("phone")
            let message = try fields.required("messageId")
            let button = try fields.required("buttonId")
            let tapped = simulator.change { $0.tap(button, of: message, on: phone) }
            guard let tapped else {
                throw Failure(.notFound, details: "There is no such button left to tap")
            }
            say(nil, on: phone, loop) { writer in
                if tapped.content.asksForNumber {
                    return writer.card([phone], isRequested: true, of: message)
                }
                return tapped.content.isTemplate
                    ? writer.quickReply(tapped.button, of: message)
                    : writer.tap(tapped.button, of: message)
            }
        }
    }

    /// Chooses a row of a list; the simulator shows no lists and takes what the request says.
    func choose(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let message = try fields.required("messageId")
            let row = SimulatedPhones.Message.Button(
                id: try fields.required("rowId"), title: try fields.required("title"))
            let description = fields.text("description")
            say(row.title, on: try fields.phone("phone"), loop) { writer in
                writer.listReply(row, description, of: message)
            }
        }
    }

    /// Sends a typed or forwarded text.
    func text(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let text = try fields.required("text")
            let context = UpdateWriter.Context(
                quoted: fields.text("quotedId"), isForwarded: fields.flag("forwarded"),
                isFrequentlyForwarded: fields.flag("frequentlyForwarded"))
            say(text, on: try fields.phone("phone"), loop) { $0.text(text, context) }
        }
    }

    /// Puts an emoji under a message, or takes it back.
    func react(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let message = try fields.required("messageId")
            let emoji = fields.text("emoji")
            say(nil, on: try fields.phone("phone"), loop) { $0.reaction(emoji, to: message) }
        }
    }

    /// Sends a picture.
    func image(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let caption = fields.text("caption")
            say(caption ?? "Picture", on: try fields.phone("phone"), loop) { $0.image(caption) }
        }
    }

    /// Sends the card of somebody from the phone's contacts.
    func card(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let number = try fields.phone("number")
            say("Contact: +\(number)", on: try fields.phone("phone"), loop) {
                $0.card([number], isRequested: false, of: nil)
            }
        }
    }

    /// Moves to another number.
    func changeNumber(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let phone = try fields.phone("phone")
            let next = try fields.phone("newPhone")
            report(on: phone, loop) { [$0.numberChange(to: next)] }
        }
    }

    /// The chat is on the screen: its messages are read.
    func read(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let phone = try fields.phone("phone")
            let messages = simulator.change { $0.read(phone) }
            report(on: phone, loop) { writer in
                messages.map { writer.status(.read, of: UpdateWriter.Sent($0)) }
            }
        }
    }

    // MARK: Telling the business

    /// The person sends something, which opens the window; a bubble shows it.
    private func say(
        _ text: String?, on phone: String, _ loop: isolated EventLoop,
        _ update: (UpdateWriter) -> WebhookUpdate
    ) {
        let now = simulator.clock.now
        let bubble = text.map { text in
            SimulatedPhones.Message(
                id: simulator.makeMessageID(), direction: .outgoing, time: now.seconds,
                content: OutboundMessage.Content(body: text), callbackData: nil)
        }
        simulator.change { phones in
            phones.wrote(phone, at: now)
            if let bubble { phones.add(bubble, to: phone) }
        }
        report(on: phone, loop) { [update($0)] }
    }

    private func report(
        on phone: String, _ loop: isolated EventLoop,
        _ updates: (UpdateWriter) -> [WebhookUpdate]
    ) {
        let faults = simulator.faults[phone]
        simulator.report(updates(UpdateWriter(simulator, phone: phone, faults)), faults, on: loop)
    }

    private func answer(
        _ request: Request,
        _ work: @escaping @Sendable (PhoneFields, isolated EventLoop) throws(Failure) -> Void
    ) -> Reply {
        .later { loop in
            do throws(Failure) {
                try work(try PhoneFields(request), loop)
                return Response(Envelope(200, "Done"))
            } catch {
                return Response(Envelope(error))
            }
        }
    }
}

extension UpdateWriter.Sent {
    fileprivate init(_ message: SimulatedPhones.Message) {
        id = message.id
        callbackData = message.callbackData
        isTemplate = message.content.isTemplate
    }
}
