/// Where the parts of a request target lie in the bytes of the head (RFC 9112 §3.2).
struct RequestTarget: Sendable {
    private var start: UInt32
    private var end: UInt32
    private var pathStart: UInt32
    private var pathEnd: UInt32
    /// The first byte behind `?`; 0 without a query (a `?` is never at -1).
    private var queryStart: UInt32 = 0

    var whole: Range<Int> { Int(start)..<Int(end) }
    var path: Range<Int> { Int(pathStart)..<Int(pathEnd) }
    var query: Range<Int>? { queryStart == 0 ? nil : Int(queryStart)..<Int(end) }

    /// Cuts `bytes[whole]` into path and query; an authority before the path ends at `authorityEnd`.
    init(_ bytes: [UInt8], _ whole: Range<Int>, authorityEnd: Int? = nil) {
        start = UInt32(truncatingIfNeeded: whole.lowerBound)
        end = UInt32(truncatingIfNeeded: whole.upperBound)
        var index = authorityEnd ?? whole.lowerBound
        pathStart = UInt32(truncatingIfNeeded: index)
        while index < whole.upperBound, bytes[index] != UInt8(ascii: "?") { index += 1 }
        pathEnd = UInt32(truncatingIfNeeded: index)
        if index < whole.upperBound { queryStart = pathEnd + 1 }
        if pathStart == pathEnd, let authorityEnd {
            // `http://host` means `/` (RFC 9110 §4.2.3): borrow one from the `//` before the host.
            let slash = bytes[..<authorityEnd].lastIndex(of: UInt8(ascii: "/")) ?? authorityEnd
            pathStart = UInt32(truncatingIfNeeded: slash)
            pathEnd = pathStart + 1
        }
    }

    /// Checks the form of a target against its method; also gives the authority of an absolute one.
    static func parse(
        _ bytes: [UInt8], _ whole: Range<Int>, method: Method
    ) throws(Refusal) -> (RequestTarget, authority: Range<Int>?) {
        // RFC 9112 §3.2.3: authority-form is for CONNECT alone, and this is no proxy.
        if method == .connect { throw Refusal(.connectNotSupported) }
        if bytes[whole.lowerBound] == UInt8(ascii: "/") {
            return (RequestTarget(bytes, whole), nil)
        }
        // RFC 9112 §3.2.4: asterisk-form is for OPTIONS alone.
        if whole.count == 1, bytes[whole.lowerBound] == UInt8(ascii: "*"), method == .options {
            return (RequestTarget(bytes, whole), nil)
        }
        guard let authority = authority(of: bytes, whole) else { throw Refusal(.badTarget) }
        return (RequestTarget(bytes, whole, authorityEnd: authority.upperBound), authority)
    }

    /// The authority of absolute-form, `http` and `https` only, not empty (RFC 9110 §4.2).
    private static func authority(of bytes: [UInt8], _ whole: Range<Int>) -> Range<Int>? {
        for scheme in ["http://", "https://"] {
            let length = scheme.utf8.count
            guard bytes[whole].prefix(length).equals(scheme) else { continue }
            let start = whole.lowerBound + length
            let end = bytes[start..<whole.upperBound].firstIndex {
                $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?")
            }
            let authority = start..<(end ?? whole.upperBound)
            return authority.isEmpty ? nil : authority
        }
        return nil
    }
}
