/// One line of an `EnvFile`.
struct EnvLine {
    /// Why a line cannot be read.
    struct Fault: Error {
        let text: String

        init(_ text: String) { self.text = text }
    }

    /// The name, once it was read.
    private(set) var knownName: String?

    /// What of the line was not read yet.
    private var rest: ArraySlice<UInt8>

    init(_ line: ArraySlice<UInt8>) {
        rest = line
    }

    /// Reads as far as the `=`; nil for an empty line or a comment.
    mutating func name() throws(Fault) -> String? {
        try checkText()
        guard try !isComment() else { return nil }
        trim()
        guard !rest.isEmpty else { return nil }
        skipExport()
        guard let end = rest.firstIndex(of: UInt8(ascii: "=")) else {
            throw Fault("must be NAME=value, a comment (#) or empty")
        }
        let name = rest[..<end]
        guard let head = name.first, !Self.isDigit(head), name.allSatisfy(Self.isNamePart) else {
            throw Fault("a name has letters, digits and _ only, and no space before the =")
        }
        rest = rest[(end + 1)...]
        knownName = String(decoding: name, as: UTF8.self)
        return knownName
    }

    private func isComment() throws(Fault) -> Bool {
        guard rest.drop(while: Self.isBlank).first == UInt8(ascii: "#") else { return false }
        // To systemd before version 254 it would go on in the next line.
        guard rest.last != UInt8(ascii: "\\") else { throw Fault("a comment must not end with \\") }
        return true
    }

    private mutating func skipExport() {
        let word = Array("export".utf8)
        guard rest.starts(with: word), let next = rest.dropFirst(word.count).first,
            Self.isBlank(next)
        else { return }
        rest = rest.dropFirst(word.count).drop(while: Self.isBlank)
    }

    /// Reads what follows the `=`.
    mutating func value() throws(Fault) -> String {
        switch rest.first {
        case UInt8(ascii: "'"): return try singleQuoted()
        case UInt8(ascii: "\""): return try doubleQuoted()
        default: return try bare()
        }
    }

    private func bare() throws(Fault) -> String {
        guard rest.allSatisfy(Self.isPlain) else {
            throw Fault(
                "a value with spaces or one of \\ ' \" ` $ ; & | < > ( ) { } ~ needs quotes")
        }
        return String(decoding: rest, as: UTF8.self)
    }

    private func singleQuoted() throws(Fault) -> String {
        let inside = rest.dropFirst()
        guard let end = inside.firstIndex(of: UInt8(ascii: "'")) else {
            throw Fault("the closing ' is missing; a value ends in its line")
        }
        try checkEnd(end)
        return String(decoding: inside[..<end], as: UTF8.self)
    }

    private func doubleQuoted() throws(Fault) -> String {
        var value: [UInt8] = []
        var at = rest.startIndex + 1
        while at < rest.endIndex, rest[at] != UInt8(ascii: "\"") {
            if rest[at] == UInt8(ascii: "\\") {
                at += 1
                guard at < rest.endIndex, Self.isEscapable(rest[at]) else {
                    throw Fault("in double quotes \\ stands only before \\ \" $ and `")
                }
            } else if Self.isEscapable(rest[at]) {
                throw Fault("nothing is expanded: write \\$ and \\`, or use single quotes")
            }
            value.append(rest[at])
            at += 1
        }
        guard at < rest.endIndex else {
            throw Fault("the closing \" is missing; a value ends in its line")
        }
        try checkEnd(at)
        return String(decoding: value, as: UTF8.self)
    }

    private func checkEnd(_ quote: Int) throws(Fault) {
        guard quote == rest.endIndex - 1 else {
            throw Fault("nothing may follow the closing quote, not even a comment")
        }
    }

    private func checkText() throws(Fault) {
        guard let text = String(validating: rest, as: UTF8.self) else {
            throw Fault("is not UTF-8")
        }
        guard text.unicodeScalars.allSatisfy({ $0 == "\t" || !$0.isControl }) else {
            throw Fault("has a control character; the end of a line is a line feed alone")
        }
    }

    private mutating func trim() {
        rest = rest.drop(while: Self.isBlank)
        while let last = rest.last, Self.isBlank(last) { rest.removeLast() }
    }
}

extension EnvLine {
    /// Whether a byte means itself without quotes, in `sh` and to systemd.
    ///
    /// Braces do not where `sh` is bash: behind `export` it expands `{a,b}`.
    static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && !"\\'\"`$;&|<>(){}~".utf8.contains(byte)
    }

    /// Whether a byte is written with a backslash in double quotes.
    static func isEscapable(_ byte: UInt8) -> Bool { "\\\"$`".utf8.contains(byte) }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        isDigit(byte) || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: "_")
    }
}
