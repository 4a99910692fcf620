import Loop
import OTPless
import Wire

/// What the page that is the phone shows.
struct PhonePage {
    private let simulator: Simulator

    /// How many chats it gets, those with the latest news; a phone that is asked for is there in any
    /// case.
    private static let shownChats = 200

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    /// All chats, or that of one phone; with `after` once they have changed from that version.
    func state(_ request: Request) -> Reply {
        let after = request.queryItem("after").flatMap { Int($0) }
        let phone = request.queryItem("phone")
        return .later { [self] loop in
            if let after { await simulator.waitForChange(after: after, on: loop) }
            return Response(
                status: 200, contentType: "application/json; charset=utf-8",
                headers: [("Cache-Control", "no-store")], body: state(of: phone))
        }
    }

    private func state(of phone: String?) -> [UInt8] {
        let phones = simulator.look { $0 }
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.member("businessName", simulator.settings.businessName)
            writer.member("businessNumber", simulator.settings.businessNumber)
            writer.member("loginURL", simulator.settings.loginURL)
            writer.member("version", phones.version)
            writer.member("faults") { $0.raw(simulator.faults.json) }
            writer.member("chatCount", phones.chats.count)
            let one = phone.map { phones.chat($0).map { [$0] } ?? [] }
            writer.objects("chats", one ?? phones.newest(Self.shownChats)) { chat, writer in
                writer.member("phone", chat.phone)
                writer.member("activity", chat.activity)
                writer.objects("messages", chat.messages) { Self.write($0, to: &$1) }
            }
        }
        return writer.bytes
    }

    private static func write(_ message: SimulatedPhones.Message, to writer: inout JSONWriter) {
        let content = message.content
        writer.member("id", message.id)
        writer.member("direction", message.direction.rawValue)
        writer.member("time", message.time)
        writer.member("kind", message.word)
        writer.member("header", content.header)
        writer.member("body", content.body)
        writer.member("footer", content.footer)
        writer.objects("buttons", content.buttons) { button, writer in
            writer.member("id", button.id)
            writer.member("title", button.title)
        }
        writer.member("answered", message.answered)
        writer.member("quoted", message.quoted)
        writer.member("reaction", message.reaction)
        writer.member("status", message.status)
        if case .refused(let why) = message.progress { writer.member("refusal", why) }
    }
}

extension SimulatedPhones.Message {
    /// What it is, as the page and scripts call it.
    fileprivate var word: String {
        guard direction == .incoming else { return kind.rawValue }
        if content.asksForNumber { return "contactRequest" }
        return content.isTemplate ? "template" : content.buttons.isEmpty ? "text" : "buttons"
    }

    /// How far it has come.
    fileprivate var status: String {
        if direction == .incoming { return isRead ? "read" : "delivered" }
        return switch progress {
        case .sending: "sending"
        case .sent: "sent"
        case .delivered: "delivered"
        case .refused: "refused"
        }
    }
}
