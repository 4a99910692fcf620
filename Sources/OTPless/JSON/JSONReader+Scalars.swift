import Loop

extension JSONReader {
    /// A string or key, from its opening quote on.
    mutating func string(_ text: Span<UInt8>) throws(JSONError) {
        var at = position + 1
        var isPlain = true
        while at + 8 <= text.count, text.word(at: at).isPlainText { at += 8 }
        while at < text.count {
            let byte = text[at]
            if byte == UInt8(ascii: "\"") {
                return try append(.string, end: at + 1, isPlain: isPlain)
            }
            if byte == UInt8(ascii: "\\") {
                isPlain = false
                at = try endOfEscape(text, at)
            } else if byte >= 0x80 {
                at = try endOfSequence(text, at)
            } else {
                guard byte >= 0x20 else { throw .controlCharacter(at: at) }
                at += 1
            }
        }
        throw .unexpectedEnd(at: at)
    }

    /// RFC 8259 §6: minus, digits without a leading zero, fraction, exponent.
    mutating func number(_ text: Span<UInt8>) throws(JSONError) {
        var at = position
        if text[at] == UInt8(ascii: "-") { at += 1 }
        let isZero = at < text.count && text[at] == UInt8(ascii: "0")
        let digits = at
        at = try endOfDigits(text, at)
        if isZero, at > digits + 1 { throw .invalidNumber(at: digits) }
        let endOfInteger = at
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at = try endOfDigits(text, at + 1)
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") {
                at += 1
            }
            at = try endOfDigits(text, at)
        }
        try append(.number, end: at, isPlain: at == endOfInteger)
    }

    /// `word` is longer than its first byte, which the caller has seen.
    mutating func literal(
        _ word: StaticString, _ kind: JSONValue.Kind, _ text: Span<UInt8>
    ) throws(JSONError) {
        var at = position
        for byte in word.description.utf8 {
            guard at < text.count else { throw .unexpectedEnd(at: at) }
            guard text[at] == byte else { throw .unexpectedByte(at: at) }
            at += 1
        }
        try append(kind, end: at, isPlain: true)
    }

    private func endOfDigits(_ text: Span<UInt8>, _ start: Int) throws(JSONError) -> Int {
        var at = start
        while at < text.count, text[at] &- UInt8(ascii: "0") <= 9 { at += 1 }
        guard at > start else { throw .invalidNumber(at: at) }
        return at
    }

    private func endOfEscape(_ text: Span<UInt8>, _ start: Int) throws(JSONError) -> Int {
        guard start + 1 < text.count else { throw .unexpectedEnd(at: start + 1) }
        guard text[start + 1] == UInt8(ascii: "u") else {
            guard JSONText.unescaped(text[start + 1]) != nil else {
                throw .invalidEscape(at: start)
            }
            return start + 2
        }
        guard let (scalar, end) = JSONText.scalar(text, start),
            scalar != nil || limits.replacesLoneSurrogates
        else { throw .invalidEscape(at: start) }
        return end
    }

    /// Well-formed sequences after table 3-7 of the Unicode standard: the range of the second byte
    /// is what rules out overlong forms, surrogates and anything over U+10FFFF.
    private func endOfSequence(_ text: Span<UInt8>, _ start: Int) throws(JSONError) -> Int {
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch text[start] {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: throw .invalidUTF8(at: start)
        }
        guard start + length <= text.count, second.contains(text[start + 1]) else {
            throw .invalidUTF8(at: start)
        }
        for at in start + 2..<start + length where text[at] & 0xC0 != 0x80 {
            throw .invalidUTF8(at: start)
        }
        return start + length
    }
}

extension Word {
    /// Whether all are ASCII that stands for itself in a string.
    @inline(__always)
    fileprivate var isPlainText: Bool { !needsEscape && !hasHigh }
}
