extension JSONTree {
    /// Characters of a sample's line; what fits stays on one.
    private static let width = 60

    /// The value in HTML, as people read it: indented, the names marked.
    var sample: String { sample(indent: 0) }

    /// The value on one line, without blanks.
    var compact: String { String(decoding: bytes, as: UTF8.self) }

    private func sample(indent: Int) -> String {
        let room = Self.width - indent
        let pad = String(repeating: " ", count: indent + 2)
        let end = "\n" + pad.dropLast(2)
        switch self {
        case .object(let members) where !members.isEmpty:
            let parts = members.map { name, value in
                "<b>\(Prose.escaped(JSONTree.text(name).compact))</b>: "
                    + value.sample(indent: indent + 2)
            }
            guard compact.count + 2 * members.count > room else {
                return "{ " + parts.joined(separator: ", ") + " }"
            }
            return "{\n" + parts.map { pad + $0 }.joined(separator: ",\n") + end + "}"
        case .array(let elements) where !elements.isEmpty && compact.count > room:
            let parts = elements.map { pad + $0.sample(indent: indent + 2) }
            return "[\n" + parts.joined(separator: ",\n") + end + "]"
        default: return Prose.escaped(compact)
        }
    }
}
