import Loop
import OTPless
import Wire

/// What a person does with the phone; each is one POST with a JSON object.
struct PhoneActions {
    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    /// Begins a chat with the business, so that the phone is there before its first message.
    func add(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let phone = try fields.phone("phone")
            simulator.change { $0.open(phone) }
        }
    }

    /// Taps a button of a message.
    func tap(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let person = try person(fields)
            let message = try fields.required("messageId")
            let button = try fields.required("buttonId")
            guard person.tap(button, of: message, on: loop) else {
                throw Failure(.notFound, details: "There is no such button left to tap")
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
            let bubble = Person.Bubble(kind: .choice, text: row.title, quoted: message)
            try person(fields).say(bubble, on: loop) { writer in
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
            let bubble = Person.Bubble(kind: .text, text: text, quoted: context.quoted)
            try person(fields).say(bubble, on: loop) { $0.text(text, context) }
        }
    }

    /// Puts an emoji under a message, or takes it back.
    func react(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let message = try fields.required("messageId")
            let (phone, emoji) = (try fields.phone("phone"), fields.text("emoji"))
            simulator.change { $0.react(emoji, to: message, on: phone) }
            try person(fields).say(nil, on: loop) { $0.reaction(emoji, to: message) }
        }
    }

    /// Sends a picture.
    func image(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let caption = fields.text("caption")
            let bubble = Person.Bubble(kind: .image, text: caption ?? "Picture")
            try person(fields).say(bubble, on: loop) { $0.image(caption) }
        }
    }

    /// Sends the card of somebody from the phone's contacts.
    func card(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let number = try fields.phone("number")
            let bubble = Person.Bubble(kind: .card, text: "+" + number)
            try person(fields).say(bubble, on: loop) { writer in
                writer.card([number], isRequested: false, of: nil)
            }
        }
    }

    /// Moves to another number.
    func changeNumber(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            let person = try person(fields)
            let next = try fields.phone("newPhone")
            person.report(on: loop) { [$0.numberChange(to: next)] }
        }
    }

    /// The chat is on the screen: its messages are read.
    func read(_ request: Request) -> Reply {
        answer(request) { fields, loop throws(Failure) in
            try person(fields).read(on: loop)
        }
    }

    private func person(_ fields: PhoneFields) throws(Failure) -> Person {
        Person(try fields.phone("phone"), in: simulator)
    }

    private func answer(
        _ request: Request,
        _ work: @escaping @Sendable (PhoneFields, isolated EventLoop) throws(Failure) -> Void
    ) -> Reply {
        .later { loop in
            do throws(Failure) {
                // A page of any site may post text here; for JSON its browser would have to ask first.
                guard request.headers["content-type"]?.hasPrefix("application/json") == true else {
                    throw Failure(.unsupportedMediaType)
                }
                try work(try PhoneFields(request), loop)
                return Response(Envelope(200, "Done"))
            } catch {
                return Response(Envelope(error))
            }
        }
    }
}
