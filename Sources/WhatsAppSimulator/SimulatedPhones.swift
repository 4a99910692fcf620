import OTPless

/// The phones that got messages or wrote, and their chats with the business.
struct SimulatedPhones: Sendable {
    /// One bubble.
    struct Message: Sendable {
        enum Direction: String {
            case incoming = "in"
            case outgoing = "out"
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
        let callbackData: String?
        var answered: String?
        var isRead = false
    }

    /// One phone's chat.
    struct Chat: Sendable {
        let phone: String
        var messages: [Message] = []
        /// When the person last wrote or tapped, which opens the window for 24 hours.
        var lastWrote: Timestamp?
    }

    /// Grows with every change.
    var version = 1

    /// The chats, in the order in which they began.
    private(set) var chats: [Chat] = []

    private var places: [String: Int] = [:]

    /// Enough for a demo and for a test under load; older bubbles and chats go.
    private static let capacity = (chats: 20_000, messages: 200)

    /// A phone's chat; nil for a phone that nobody has heard of.
    func chat(_ phone: String) -> Chat? { places[phone].map { chats[$0] } }

    mutating func add(_ message: Message, to phone: String) {
        let place = place(of: phone)
        chats[place].messages.append(message)
        if chats[place].messages.count > Self.capacity.messages {
            chats[place].messages.removeFirst()
        }
    }

    /// The person has written or tapped.
    mutating func wrote(_ phone: String, at time: Timestamp) {
        chats[place(of: phone)].lastWrote = time
    }

    private mutating func place(of phone: String) -> Int {
        if let place = places[phone] { return place }
        if chats.count >= Self.capacity.chats {
            chats.removeFirst(Self.capacity.chats / 10)
            places = [:]
            for (place, chat) in chats.enumerated() { places[chat.phone] = place }
        }
        chats.append(Chat(phone: phone))
        places[phone] = chats.count - 1
        return chats.count - 1
    }

    /// Answers a message by one of its buttons; nil when there is no such button left to tap.
    mutating func tap(
        _ buttonID: String, of messageID: String, on phone: String
    ) -> (button: Message.Button, content: OutboundMessage.Content)? {
        guard let chat = places[phone],
            let index = chats[chat].messages.firstIndex(where: { $0.id == messageID })
        else { return nil }
        let message = chats[chat].messages[index]
        guard message.answered == nil,
            let button = message.content.buttons.first(where: { $0.id == buttonID })
        else { return nil }
        chats[chat].messages[index].answered = button.title
        return (button, message.content)
    }

    /// Marks a chat as read and returns the messages that were not.
    mutating func read(_ phone: String) -> [Message] {
        guard let chat = places[phone] else { return [] }
        var unread: [Message] = []
        for index in chats[chat].messages.indices {
            let message = chats[chat].messages[index]
            guard message.direction == .incoming, !message.isRead else { continue }
            chats[chat].messages[index].isRead = true
            unread.append(message)
        }
        return unread
    }
}
