/// Why a text is not JSON that this server takes, and the byte at which that showed.
///
/// Never holds content: what was refused may be a token or a phone number.
public enum JSONError: Error, Hashable, Sendable {
    /// Nothing but whitespace.
    case empty
    /// Over 4 GiB: offsets are 32 bits wide.
    case tooLarge
    /// More containers inside one another than `JSONDocument.Limits.maxDepth`.
    case tooDeep(at: Int)
    /// More values and keys than `JSONDocument.Limits.maxNodes`.
    case tooManyNodes(at: Int)
    /// The text stops inside a value.
    case unexpectedEnd(at: Int)
    /// A byte that the grammar has no place for here.
    case unexpectedByte(at: Int)
    /// A leading zero, or a sign, a point or an exponent without digits.
    case invalidNumber(at: Int)
    /// A raw control character inside a string.
    case controlCharacter(at: Int)
    /// An escape that RFC 8259 does not know, or half of a surrogate pair where none is taken.
    case invalidEscape(at: Int)
    /// Bytes that are not UTF-8: overlong, a surrogate, over U+10FFFF, or cut off.
    case invalidUTF8(at: Int)
    /// Two members of one object with the same name, once their escapes are resolved.
    case duplicateKey(at: Int)
    /// More than whitespace after the value.
    case trailingBytes(at: Int)

    /// The byte at which reading stopped, counted from 0.
    public var offset: Int {
        switch self {
        case .empty, .tooLarge: 0
        case .tooDeep(let offset), .tooManyNodes(let offset), .unexpectedEnd(let offset),
            .unexpectedByte(let offset), .invalidNumber(let offset),
            .controlCharacter(let offset), .invalidEscape(let offset), .invalidUTF8(let offset),
            .duplicateKey(let offset), .trailingBytes(let offset):
            offset
        }
    }
}

extension JSONError: CustomStringConvertible {
    /// One line for logs, such as "JSON: duplicate key at byte 12".
    public var description: String { "JSON: \(reason) at byte \(offset)" }

    private var reason: String {
        switch self {
        case .empty: "empty text"
        case .tooLarge: "text too large"
        case .tooDeep: "nested too deeply"
        case .tooManyNodes: "too many values"
        case .unexpectedEnd: "unexpected end"
        case .unexpectedByte: "unexpected byte"
        case .invalidNumber: "invalid number"
        case .controlCharacter: "control character in a string"
        case .invalidEscape: "invalid escape"
        case .invalidUTF8: "invalid UTF-8"
        case .duplicateKey: "duplicate key"
        case .trailingBytes: "bytes after the value"
        }
    }
}
