/// The phones that got messages, and their chats with the business.
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
        let header: String?
        let body: String
        let footer: String?
        let buttons: [Button]
        /// What the backend calls this message; repeated in every status.
        let callbackData: String?
        var answered: String?
        var isRead = false
    }

    /// One phone's chat.
    struct Chat: Sendable {
        let phone: String
        var messages: [Message]
    }

    /// Grows with every change.
    var version = 1

    /// The chats, in the order in which they began.
    private(set) var chats: [Chat] = []

    /// Enough for a demo; older bubbles and chats go.
    private static let capacity = (chats: 200, messages: 200)

    mutating func add(_ message: Message, to phone: String) {
        let index = chats.firstIndex { $0.phone == phone } ?? addChat(phone)
        chats[index].messages.append(message)
        if chats[index].messages.count > Self.capacity.messages {
            chats[index].messages.removeFirst()
        }
    }

    private mutating func addChat(_ phone: String) -> Int {
        if chats.count >= Self.capacity.chats { chats.removeFirst() }
        chats.append(Chat(phone: phone, messages: []))
        return chats.count - 1
    }

    /// Answers a message by one of its buttons; nil when there is no such button left to tap.
    mutating func tap(_ buttonID: String, of messageID: String, on phone: String) -> Message.Button?
    {
        guard let chat = chats.firstIndex(where: { $0.phone == phone }),
            let index = chats[chat].messages.firstIndex(where: { $0.id == messageID }),
            chats[chat].messages[index].answered == nil,
            let button = chats[chat].messages[index].buttons.first(where: { $0.id == buttonID })
        else { return nil }
        chats[chat].messages[index].answered = button.title
        return button
    }

    /// Marks a chat as read and returns the messages that were not.
    mutating func read(_ phone: String) -> [Message] {
        guard let chat = chats.firstIndex(where: { $0.phone == phone }) else { return [] }
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
