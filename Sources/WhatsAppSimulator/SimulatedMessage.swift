extension SimulatedPhones {
    /// One bubble.
    struct Message: Sendable {
        enum Direction: String {
            case incoming = "in"
            case outgoing = "out"
        }

        /// What the person sent.
        enum Kind: String {
            case text
            case tap
            case choice
            case image
            case card
        }

        /// How far a message of the person has come.
        enum Progress: Equatable {
            /// WhatsApp holds it back.
            case sending
            /// It is on its way to the business.
            case sent
            /// The business has taken the webhook.
            case delivered
            /// The business did not take the webhook the last time; it may be tried again.
            case refused(why: String)
        }

        struct Button: Sendable {
            let id: String
            let title: String
        }

        let id: String
        let direction: Direction
        let time: Int64
        let content: OutboundMessage.Content
        /// What the backend calls this message; repeated in every status.
        var callbackData: String?
        /// What the person sent.
        var kind = Kind.text
        /// The message under which the person put this one.
        var quoted: String?
        var progress = Progress.sending
        var answered: String?
        var reaction: String?
        var isRead = false
    }

    /// A message of the person, as webhooks name it.
    struct MessageName: Sendable {
        let phone: String
        let id: String
    }

    // MARK: What becomes of a message

    /// Answers a message by one of its buttons; nil when there is no such button left to tap.
    mutating func tap(
        _ buttonID: String, of messageID: String, on phone: String
    ) -> (button: Message.Button, content: OutboundMessage.Content)? {
        change(messageID, on: phone) { message in
            guard message.answered == nil,
                let button = message.content.buttons.first(where: { $0.id == buttonID })
            else { return nil }
            message.answered = button.title
            return (button, message.content)
        }
    }

    /// Puts an emoji under a message; nil takes it back.
    mutating func react(_ emoji: String?, to messageID: String, on phone: String) {
        change(messageID, on: phone) { $0.reaction = emoji }
    }

    /// Notes whether the business took the webhook with a message; what it took once, it has.
    mutating func note(_ outcome: Message.Progress, of name: MessageName) {
        change(name.id, on: name.phone) { message in
            if message.progress == .delivered { return }
            if outcome != .sent || message.progress == .sending { message.progress = outcome }
        }
    }
}
