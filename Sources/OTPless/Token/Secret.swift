/// A configured secret: never printed, wiped from no log because it never gets there.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The secret's bytes.
    public let bytes: [UInt8]

    /// From configuration.
    public init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// From random bytes.
    public init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The secret as text, for the one header or URL that needs it.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Always `***`.
    public var description: String { "***" }

    /// Always `***`.
    public var debugDescription: String { "***" }

    /// Hides the bytes from `dump` and debuggers as well.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
