import Loop

/// Classes of bytes in a message head (RFC 9110 §5.5, §5.6; RFC 3986 §2).
extension UInt8 {
    static let tab = UInt8(ascii: "\t")
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let space = UInt8(ascii: " ")
    static let comma = UInt8(ascii: ",")
    static let colon = UInt8(ascii: ":")
    static let semicolon = UInt8(ascii: ";")

    /// A `tchar` of RFC 9110 §5.6.2; one bit a character, where a table would be a load.
    @inline(__always)
    var isTokenByte: Bool {
        let low: UInt64 = 0x03FF_6CFA_0000_0000
        let high: UInt64 = 0x57FF_FFFF_C7FF_FFFE
        let bits = self < 64 ? low : self < 128 ? high : 0
        return (bits &>> UInt64(self)) & 1 == 1
    }

    /// Visible ASCII, obs-text, space or tab (RFC 9110 §5.5).
    @inline(__always)
    var isFieldByte: Bool { (self >= 0x20 && self != 0x7F) || self == .tab }

    /// Visible ASCII but the fragment's `#`, and `\`, which some read as `/` (RFC 3986 has neither).
    @inline(__always)
    var isTargetByte: Bool {
        self > 0x20 && self < 0x7F && self != UInt8(ascii: "#") && self != UInt8(ascii: "\\")
    }

    @inline(__always)
    var isBlank: Bool { self == .space || self == .tab }

    @inline(__always)
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    @inline(__always)
    var isLetter: Bool { (self | 0x20) &- UInt8(ascii: "a") < 26 }

    @inline(__always)
    var lowercasedASCII: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

    /// The value of a hexadecimal digit in either case, or nil.
    @inline(__always)
    var hexDigitValue: UInt8? {
        if isDigit { return self &- UInt8(ascii: "0") }
        let letter = (self | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter &+ 10 : nil
    }
}

extension Word {
    /// Whether all are field bytes and none is a tab.
    @inline(__always)
    var isFieldText: Bool { !hasControl && !has(0x7F) }
}

extension [UInt8] {
    /// Appends a part of a span.
    mutating func append(_ span: Span<UInt8>, _ range: Range<Int>) {
        // The storage of all empty arrays is one: thread sanitizer takes writing nothing for a race.
        guard !range.isEmpty else { return }
        let source = span.extracting(range)
        append(addingCapacity: source.count) { output in
            for index in source.indices { output.append(source[index]) }
        }
    }
}

extension Span<UInt8> {
    /// Whether these bytes are `name`, ASCII letters compared without case.
    func equals(_ name: String) -> Bool {
        let name = name.utf8.span
        guard count == name.count else { return false }
        for index in indices where self[index] != name[index] {
            guard self[index].lowercasedASCII == name[index].lowercasedASCII else { return false }
        }
        return true
    }
}

extension ArraySlice<UInt8> {
    /// Whether these bytes are `name`, ASCII letters compared without case.
    func equals(_ name: String) -> Bool { span.equals(name) }

    /// Without the spaces and tabs at both ends (OWS of RFC 9110 §5.6.3).
    func trimmingBlanks() -> ArraySlice<UInt8> {
        var part = self
        while part.first?.isBlank == true { part.removeFirst() }
        while part.last?.isBlank == true { part.removeLast() }
        return part
    }
}
