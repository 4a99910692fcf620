package import Wire

/// What `RequestParser` made of some bytes, in a form that can be compared.
package struct RequestReading: Equatable, Sendable {
    package var requests: [ReadRequest] = []
    /// How many of the requests were announced by a head of their own.
    package var heads = 0
    package var refusal: Refusal?
    /// Whether what was refused is known to be a HEAD.
    package var isRefusedHead = false
    package var isIdle = true
    /// How many bytes were consumed.
    package var consumed = 0
    /// What the parser promises of each step and did not keep.
    package var faults: [String] = []

    /// Feeds `bytes` cut at `cuts`, as a connection would; `bodyLimit` is what the route allows.
    package init(
        _ bytes: [UInt8], cutAt cuts: some Sequence<Int>, limits: HTTPLimits = HTTPLimits(),
        bodyLimit: Int? = nil
    ) {
        var parser = RequestParser(limits: limits)
        for range in Cuts.ranges(of: bytes.count, cutAt: cuts) {
            let isOpen = read(bytes.span.extracting(range), with: &parser, bodyLimit: bodyLimit)
            isIdle = parser.isIdle
            guard isOpen else { return }
        }
    }

    private mutating func read(
        _ piece: Span<UInt8>, with parser: inout RequestParser, bodyLimit: Int?
    ) -> Bool {
        var offset = 0
        defer { consumed += offset }
        while true {
            switch parser.feed(piece, from: &offset) {
            case .needMore:
                expect(offset == piece.count, "needMore consumes everything")
                return true
            case .head(let request):
                expect(request.body.isEmpty, "a head has no body yet")
                expect(parser.stage == .body && !parser.isIdle, "a body is awaited behind a head")
                heads += 1
                if let bodyLimit { parser.bodyLimit = bodyLimit }
            case .request(let request):
                expect(parser.stage == .head && parser.isIdle, "a request is the end of it")
                requests.append(ReadRequest(request))
                if offset == piece.count { return true }
            case .refuse(let refusal):
                expect(!parser.isIdle, "what was refused is not idle")
                self.refusal = refusal
                isRefusedHead = parser.isHead
                return false
            }
        }
    }

    private mutating func expect(_ condition: Bool, _ promise: String) {
        if !condition { faults.append(promise) }
    }
}

extension RequestReading {
    package var reason: Refusal.Reason? { refusal?.reason }
    package var body: String? { requests.first?.body }
}

/// A request that can be compared.
package struct ReadRequest: Equatable, Sendable {
    package let request: Request

    package init(_ request: Request) { self.request = request }

    package var line: String { "\(request.method) \(request.target) \(request.minorVersion)" }
    package var fields: [String] { request.headers.map { "\($0.name): \($0.value)" } }
    package var body: String { String(decoding: request.body, as: UTF8.self) }
    package var keepAlive: Bool { request.keepAlive }
    package var expectsContinue: Bool { request.expectsContinue }

    /// Byte for byte: `==` of strings takes what looks alike for equal.
    package static func == (one: ReadRequest, other: ReadRequest) -> Bool {
        one.line.utf8.elementsEqual(other.line.utf8)
            && one.request.pathBytes == other.request.pathBytes
            && one.request.body == other.request.body
            && one.keepAlive == other.keepAlive && one.expectsContinue == other.expectsContinue
            && one.fields.elementsEqual(other.fields) { $0.utf8.elementsEqual($1.utf8) }
            && one.values == other.values
    }

    /// The first value of each field as it was sent: as text, bytes that are not UTF-8 are all alike.
    private var values: [ArraySlice<UInt8>?] {
        request.headers.map { request.headers.bytes(of: $0.name) }
    }
}
