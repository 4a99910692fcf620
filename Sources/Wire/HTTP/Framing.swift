/// What the header fields say about the message itself: its host, its body, its connection.
struct Framing {
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    private(set) var expectsContinue = false
    private(set) var hasConnection = false
    private var host: Range<Int>?
    private var codings: Range<Int>?
    private var hasExpectation = false
    private var hasContentType = false
    private var hasAuthorization = false

    /// Reads and checks the fields of a head.
    init(_ headers: Headers, minorVersion: UInt8, authority: Range<Int>?) throws(Refusal) {
        for field in headers.places {
            if let name = KnownField(headers.bytes.span.extracting(field.name)) {
                try apply(name, headers.bytes, field.value)
            }
        }
        try checkHost(headers.bytes, minorVersion: minorVersion, authority: authority)
        try checkCodings(headers.bytes, minorVersion: minorVersion)
        // RFC 9110 §10.1.1: an expectation of an HTTP/1.0 client is ignored.
        guard hasExpectation, minorVersion > 0 else { return }
        guard headers.bytes(of: "expect")?.equals("100-continue") == true else {
            throw Refusal(.unknownExpectation)
        }
        expectsContinue = true
    }

    private mutating func apply(
        _ name: KnownField, _ bytes: [UInt8], _ value: Range<Int>
    ) throws(Refusal) {
        switch name {
        case .host:
            if host != nil { throw Refusal(.repeatedHost) }
            host = value
        case .contentLength:
            if contentLength != nil { throw Refusal(.repeatedContentLength) }
            contentLength = try Self.length(bytes[value])
        case .transferEncoding:
            if codings != nil { throw Refusal(.badTransferEncoding) }
            codings = value
        case .expect:
            if hasExpectation { throw Refusal(.unknownExpectation) }
            hasExpectation = true
        case .contentType: try Self.once(&hasContentType)
        case .authorization: try Self.once(&hasAuthorization)
        case .connection: hasConnection = true
        }
    }

    /// RFC 9110 §5.3: no list, so two lines would be read differently by different readers.
    private static func once(_ flag: inout Bool) throws(Refusal) {
        if flag { throw Refusal(.repeatedField) }
        flag = true
    }

    /// RFC 9110 §8.6: digits; leading zeros are octal to some, and 18 digits never overflow.
    private static func length(_ bytes: ArraySlice<UInt8>) throws(Refusal) -> Int {
        guard (1...18).contains(bytes.count), bytes.allSatisfy(\.isDigit),
            bytes.count == 1 || bytes.first != UInt8(ascii: "0")
        else { throw Refusal(.badContentLength) }
        return bytes.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// RFC 9112 §3.2: exactly one Host, and the target's authority if the target names one.
    private func checkHost(
        _ bytes: [UInt8], minorVersion: UInt8, authority: Range<Int>?
    ) throws(Refusal) {
        if let authority, !Host.isValid(bytes[authority]) { throw Refusal(.badTarget) }
        guard let host else {
            if minorVersion > 0 { throw Refusal(.missingHost) }
            return
        }
        guard Host.isValid(bytes[host]) else { throw Refusal(.badHost) }
        guard let authority else { return }
        let same = bytes[host].elementsEqual(bytes[authority]) {
            $0.lowercasedASCII == $1.lowercasedASCII
        }
        if !same { throw Refusal(.badHost) }
    }

    /// RFC 9112 §6.1, §6.3: chunked alone frames a request; never beside a length, never in 1.0.
    private mutating func checkCodings(_ bytes: [UInt8], minorVersion: UInt8) throws(Refusal) {
        guard let codings else { return }
        if contentLength != nil { throw Refusal(.lengthAndTransferEncoding) }
        if minorVersion == 0 { throw Refusal(.badTransferEncoding) }
        let value = bytes[codings]
        isChunked = value.equals("chunked")
        if !isChunked { throw Refusal(Self.reason(forCodings: value)) }
    }

    private static func reason(forCodings value: ArraySlice<UInt8>) -> Refusal.Reason {
        let names = value.split(separator: .comma, omittingEmptySubsequences: false).map { coding in
            coding.prefix { $0 != .semicolon }.trimmingBlanks()
        }
        let areTokens = names.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isTokenByte) }
        guard areTokens, !names.dropLast().contains(where: { $0.equals("chunked") }) else {
            return .badTransferEncoding
        }
        // Last, but not as the bare word: it has parameters (RFC 9112 §7).
        if names.count == 1, names[0].equals("chunked") { return .badTransferEncoding }
        return .unknownTransferCoding
    }
}

/// The fields that have a rule of their own; in a trailer all of them are refused.
enum KnownField {
    case host, expect, connection, contentType, authorization, contentLength, transferEncoding

    /// The field with this name in any case, or nil; the length spares most names a comparison.
    init?(_ name: Span<UInt8>) {
        switch name.count {
        case 4 where name.equals("host"): self = .host
        case 6 where name.equals("expect"): self = .expect
        case 10 where name.equals("connection"): self = .connection
        case 12 where name.equals("content-type"): self = .contentType
        case 13 where name.equals("authorization"): self = .authorization
        case 14 where name.equals("content-length"): self = .contentLength
        case 17 where name.equals("transfer-encoding"): self = .transferEncoding
        default: return nil
        }
    }
}
