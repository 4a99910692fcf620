import OTPless

/// A JSON value that can be changed; members keep their order.
enum JSONTree: Sendable {
    case object([(name: String, value: JSONTree)])
    case array([JSONTree])
    case text(String)
    /// A number, `true`, `false` or `null`, as it is written.
    case other([UInt8])

    /// Copies what was read.
    init(_ value: JSONValue) {
        switch value.kind {
        case .object: self = .object(value.members.map { ($0.key, JSONTree($0.value)) })
        case .array: self = .array(value.elements.map { JSONTree($0) })
        case .string: self = .text(value.string ?? "")
        case .null, .bool, .number: self = .other(Array(value.bytes))
        }
    }

    /// The members of an object, in order; none of any other value.
    var members: [(name: String, value: JSONTree)] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The elements of an array; none of any other value.
    var elements: [JSONTree] { if case .array(let elements) = self { elements } else { [] } }

    /// A text, or nil.
    var text: String? { if case .text(let text) = self { text } else { nil } }

    /// A member of an object.
    ///
    /// Setting one that is new adds it at the end, setting nil takes it away.
    subscript(_ name: String) -> JSONTree? {
        get { members.first { $0.name == name }?.value }
        set {
            var members = members
            let place = members.firstIndex { $0.name == name }
            switch (place, newValue) {
            case (let place?, let value?): members[place].value = value
            case (let place?, nil): members.remove(at: place)
            case (nil, let value?): members.append((name, value))
            case (nil, nil): break
            }
            self = .object(members)
        }
    }

    /// What a reference of the same document names, such as `#/components/schemas/User`.
    func resolved(_ reference: String) -> JSONTree? {
        reference.split(separator: "/").dropFirst().reduce(self as JSONTree?) { tree, name in
            tree?[String(name)]
        }
    }

    /// The value on one line, as a reply has it.
    var bytes: [UInt8] {
        var writer = JSONWriter(reserving: 128 << 10)
        write(to: &writer)
        return writer.bytes
    }

    private func write(to writer: inout JSONWriter) {
        switch self {
        case .text(let text): writer.value(text)
        case .other(let bytes): writer.raw(bytes)
        case .array(let elements):
            writer.array { writer in
                for element in elements { element.write(to: &writer) }
            }
        case .object(let members):
            writer.object { writer in
                for member in members {
                    writer.member(member.name) { member.value.write(to: &$0) }
                }
            }
        }
    }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByDictionaryLiteral {
    init(stringLiteral text: String) { self = .text(text) }

    init(dictionaryLiteral members: (String, JSONTree)...) {
        self = .object(members.map { (name: $0.0, value: $0.1) })
    }

    /// A number.
    static func number(_ number: Int) -> JSONTree { .other(Array("\(number)".utf8)) }

    /// A reference to a component of the document.
    static func reference(_ kind: String, _ name: String) -> JSONTree {
        ["$ref": .text("#/components/\(kind)/\(name)")]
    }
}
