import Loop
import OTPless

/// Somebody with a phone: what they do with it, and what the business hears of that.
struct Person {
    /// What a message of the person looks like on their own phone.
    struct Bubble {
        var kind: SimulatedPhones.Message.Kind
        var text: String
        var quoted: String?
    }

    private let simulator: Simulator
    private let phone: String

    init(_ phone: String, in simulator: Simulator) {
        self.phone = phone
        self.simulator = simulator
    }

    /// Taps a button of a message; false when there is no such button left to tap.
    func tap(
        _ buttonID: String, of messageID: String, on loop: isolated EventLoop
    ) -> Bool {
        let tapped = simulator.change { $0.tap(buttonID, of: messageID, on: phone) }
        guard let (button, content) = tapped else { return false }
        if content.asksForNumber {
            say(Bubble(kind: .card, text: "+" + phone, quoted: messageID), on: loop) { writer in
                writer.card([phone], isRequested: true, of: messageID)
            }
            return true
        }
        say(Bubble(kind: .tap, text: button.title, quoted: messageID), on: loop) { writer in
            content.isTemplate
                ? writer.quickReply(button, of: messageID) : writer.tap(button, of: messageID)
        }
        return true
    }

    /// The chat is on the screen: its messages are read.
    func read(on loop: isolated EventLoop) {
        let messages = simulator.change { $0.read(phone) }
        report(on: loop) { writer in
            messages.map { writer.status(.read, of: UpdateWriter.Sent($0)) }
        }
    }

    /// Sends something, which opens the window; a bubble shows it.
    func say(
        _ bubble: Bubble?, on loop: isolated EventLoop, _ update: (UpdateWriter) -> WebhookUpdate
    ) {
        let (id, now) = (simulator.makeMessageID(), simulator.clock.now)
        simulator.change { phones in
            phones.wrote(phone, at: now)
            guard let bubble else { return }
            var message = SimulatedPhones.Message(
                id: id, direction: .outgoing, time: now.seconds,
                content: OutboundMessage.Content(body: bubble.text))
            message.kind = bubble.kind
            message.quoted = bubble.quoted
            phones.add(message, to: phone)
        }
        report(id, on: loop) { [update($0)] }
    }

    /// Tells the business; what the person says has the id of its bubble.
    func report(
        _ messageID: String? = nil, on loop: isolated EventLoop,
        _ updates: (UpdateWriter) -> [WebhookUpdate]
    ) {
        let faults = simulator.faults[phone]
        let writer = UpdateWriter(simulator, phone: phone, faults, messageID: messageID)
        simulator.report(updates(writer), faults, on: loop)
    }
}

extension Person {
    /// Reads a message that has just come and answers it, unless the person does that by hand.
    ///
    /// Nobody else knows the number that stands on a login page, so a message whose only button
    /// denies is never confirmed.
    func answer(
        _ messageID: String, _ content: OutboundMessage.Content, _ answers: PhoneFaults.Answers,
        on loop: isolated EventLoop
    ) {
        guard answers != .byHand else { return }
        read(on: loop)
        let button =
            switch answers {
            case .byHand: nil as SimulatedPhones.Message.Button?
            case .confirm:
                content.asksForNumber || content.buttons.count > 1 ? content.buttons.first : nil
            case .decline: content.asksForNumber ? nil : content.buttons.last
            }
        if let button { _ = tap(button.id, of: messageID, on: loop) }
    }
}

extension UpdateWriter.Sent {
    fileprivate init(_ message: SimulatedPhones.Message) {
        id = message.id
        callbackData = message.callbackData
        isTemplate = message.content.isTemplate
    }
}
