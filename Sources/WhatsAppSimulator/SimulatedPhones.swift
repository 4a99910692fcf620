import OTPless

/// The phones that got messages or wrote, and their chats with the business.
struct SimulatedPhones: Sendable {
    /// One phone's chat.
    struct Chat: Sendable {
        let phone: String
        var messages: [Message] = []
        /// When the person last wrote or tapped, which opens the window for 24 hours.
        var lastWrote: Timestamp?
        /// The version with which something was last said; no two chats have the same.
        var activity = 0
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

    /// The chats in which something was said last, in the order in which they began.
    func newest(_ count: Int) -> [Chat] {
        guard chats.count > count else { return chats }
        let oldest = chats.map(\.activity).sorted().suffix(count).first ?? 0
        return chats.filter { $0.activity >= oldest }
    }

    /// Begins a chat, if there is none.
    mutating func open(_ phone: String) {
        if places[phone] == nil { chats[place(of: phone)].activity = version }
    }

    mutating func add(_ message: Message, to phone: String) {
        let place = place(of: phone)
        chats[place].activity = version
        chats[place].messages.append(message)
        if chats[place].messages.count > Self.capacity.messages {
            chats[place].messages.removeFirst()
        }
    }

    /// The person has written or tapped.
    mutating func wrote(_ phone: String, at time: Timestamp) {
        let place = place(of: phone)
        chats[place].activity = version
        chats[place].lastWrote = time
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

    /// Changes a message; nil when it is not there.
    @discardableResult
    mutating func change<T>(
        _ messageID: String, on phone: String, _ body: (inout Message) -> T?
    ) -> T? {
        guard let chat = places[phone],
            let index = chats[chat].messages.lastIndex(where: { $0.id == messageID })
        else { return nil }
        return body(&chats[chat].messages[index])
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
