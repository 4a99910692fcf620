import Loop

extension Word {
    /// Whether a byte may not stand in a JSON string as it is (RFC 8259 §7).
    @inline(__always)
    var needsEscape: Bool {
        hasControl || has(UInt8(ascii: "\"")) || has(UInt8(ascii: "\\"))
    }
}

extension [UInt8] {
    /// Appends a JSON string with its quotes; almost all need no escape and are copied whole.
    mutating func append(quoting text: String, asciiOnly: Bool) {
        append(UInt8(ascii: "\""))
        if !needsEscape(text.utf8.span, asciiOnly: asciiOnly) {
            append(contentsOf: text.utf8)
        } else if asciiOnly {
            for scalar in text.unicodeScalars { append(escapingToASCII: scalar) }
        } else {
            for byte in text.utf8 { append(escaping: byte) }
        }
        append(UInt8(ascii: "\""))
    }

    private func needsEscape(_ text: Span<UInt8>, asciiOnly: Bool) -> Bool {
        var at = 0
        while at + 8 <= text.count {
            let word = text.word(at: at)
            if word.needsEscape { return true }
            if asciiOnly, word.hasHigh || word.has(UInt8(ascii: "/")) { return true }
            at += 8
        }
        while at < text.count {
            if needsEscape(text[at], asciiOnly: asciiOnly) { return true }
            at += 1
        }
        return false
    }

    private func needsEscape(_ byte: UInt8, asciiOnly: Bool) -> Bool {
        switch byte {
        case 0..<0x20, UInt8(ascii: "\""), UInt8(ascii: "\\"): true
        case UInt8(ascii: "/"), 0x80...: asciiOnly
        default: false
        }
    }

    private mutating func append(escapingToASCII scalar: Unicode.Scalar) {
        if scalar == "/" {
            append(UInt8(ascii: "\\"))
            append(UInt8(ascii: "/"))
        } else if scalar.isASCII {
            append(escaping: UInt8(truncatingIfNeeded: scalar.value))
        } else {
            for unit in scalar.utf16 { append(hex: unit) }
        }
    }

    /// RFC 8259 §7: quote, backslash and the control characters must be escaped, nothing else.
    private mutating func append(escaping byte: UInt8) {
        let letter: Unicode.Scalar
        switch byte {
        case UInt8(ascii: "\""): letter = "\""
        case UInt8(ascii: "\\"): letter = "\\"
        case 0x08: letter = "b"
        case 0x0C: letter = "f"
        case 0x0A: letter = "n"
        case 0x0D: letter = "r"
        case 0x09: letter = "t"
        case 0x00..<0x20: return append(hex: UInt16(byte))
        default: return append(byte)
        }
        append(UInt8(ascii: "\\"))
        append(UInt8(ascii: letter))
    }

    private mutating func append(hex unit: UInt16) {
        append(UInt8(ascii: "\\"))
        append(UInt8(ascii: "u"))
        for shift in [12, 8, 4, 0] as [UInt16] {
            let digit = UInt8(truncatingIfNeeded: unit >> shift & 0xF)
            append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
