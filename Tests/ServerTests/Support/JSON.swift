import Foundation

/// A JSON value as Foundation reads it: what the server writes is not judged by its own reader.
enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSON])
    case object([String: JSON])

    /// A member of an object; `null` where there is none.
    subscript(_ name: String) -> JSON {
        guard case .object(let members) = self else { return .null }
        return members[name] ?? .null
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }

    var number: Double? { if case .number(let number) = self { number } else { nil } }

    var list: [JSON] { if case .list(let elements) = self { elements } else { [] } }

    var names: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }
}

extension JSON: Decodable {
    /// Reads a document.
    init(_ bytes: [UInt8]) throws {
        self = try JSONDecoder().decode(JSON.self, from: Data(bytes))
    }

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let flag = try? value.decode(Bool.self) {
            self = .bool(flag)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let elements = try? value.decode([JSON].self) {
            self = .list(elements)
        } else {
            self = .object(try value.decode([String: JSON].self))
        }
    }
}
