import OTPless
import Webhook

extension Oracle {
    /// A webhook says the same when it is written with other escapes, nothing of it is made up, and
    /// no signature is right but the one.
    package static let webhook = Oracle(name: "webhook") { bytes throws(OracleFault) in
        try judgeSignature(of: bytes)
        guard let document = try? JSONDocument(bytes, limits: WebhookEndpoint.limits) else {
            return
        }
        let told = outline(of: document.root)
        let values = "\(document.root.strings)"
        for text in told.texts {
            try require(document.root.strings.contains(Array(text.utf8)), "\(text) in \(values)")
        }
        for asciiOnly in [false, true] {
            let copy = document.root.copy(asciiOnly: asciiOnly)
            guard let again = try? JSONDocument(copy, limits: WebhookEndpoint.limits) else {
                throw OracleFault(description: "what was written is refused: \(copy)")
            }
            let retold = outline(of: again.root)
            try require(retold.lines == told.lines, "\(retold.lines), not \(told.lines)")
        }
    }

    /// The number that the fixtures were sent to.
    private static let phoneNumberID = "106540352242922"

    /// What is read, as lines that can be compared, and the texts that must be in the delivery.
    private static func outline(of root: JSONValue) -> (lines: [String], texts: [String]) {
        let webhook = CloudAPIWebhook(root, phoneNumberID: phoneNumberID)
        var (lines, texts): ([String], [String]) = ([], [])
        for message in webhook.messages {
            let content =
                switch message.content {
                case .button(let payload): payload.text
                case .text(let text): text
                case .contact, .numberChanged, .userIDChanged, .identityChanged, .other: ""
                }
            let sender = message.sender
            texts += [message.id] + [sender.waID, sender.userID].compactMap { $0 }
            texts.append(message.quotedMessageID ?? message.id)
            if !content.isEmpty { texts.append(content) }
            lines.append("\(message.sentAt.map { $0.milliseconds } ?? -1)")
            lines.append("\(TypedWord.verb(of: content).map { "\($0)" } ?? "no word")")
            if case .contact(let phones, let isRequested) = message.content {
                lines.append("\(phones.map(\.digits)) \(isRequested)")
            }
        }
        for report in webhook.reports {
            texts += [report.messageID] + (report.reference.map { [$0.text] } ?? [])
            if let progress = report.progress { lines.append("\(progress)") }
        }
        return (lines + texts, texts)
    }

    private static let secret = Secret("a secret of the app")

    /// The header of the first 71 bytes is right just when it is the code of the others.
    private static func judgeSignature(of bytes: [UInt8]) throws(OracleFault) {
        guard let signature = WebhookSignature(appSecret: secret), let key = HMACKey(secret.bytes)
        else { throw OracleFault(description: "no key") }
        let body = Array(bytes.dropFirst(71))
        let digits = key.code(of: body[...]).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        let right = Array(("sha256=" + digits.joined()).utf8)
        let header = bytes.prefix(71)
        try require(
            signature.verifies(header, of: body) == (Array(header) == right), "a forged signature")
        try require(signature.verifies(right[...], of: body), "the right signature is refused")
    }
}

extension JSONValue {
    /// All texts of the value, byte for byte.
    fileprivate var strings: Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        if let string { found.insert(Array(string.utf8)) }
        for element in elements { found.formUnion(element.strings) }
        for member in members { found.formUnion(member.value.strings) }
        return found
    }
}
