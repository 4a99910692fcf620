import Testing
import Wire

/// What a parser made of some bytes, in a form that can be compared.
struct Outcome: Equatable {
    struct Seen: Equatable {
        var line: String
        var fields: [String]
        var body: String
        var keepAlive: Bool
        var expectsContinue: Bool
    }

    var requests: [Seen] = []
    /// How many of the requests were announced by a head of their own.
    var heads = 0
    var refusal: Refusal?
    var isIdle = true
    /// How many bytes were consumed.
    var consumed = 0

    var reason: Refusal.Reason? { refusal?.reason }
    var body: String? { requests.first?.body }
}

extension Outcome.Seen {
    init(_ request: Request) {
        line = "\(request.method) \(request.target) \(request.minorVersion)"
        fields = request.headers.map { "\($0.name): \($0.value)" }
        body = String(decoding: request.body, as: UTF8.self)
        keepAlive = request.keepAlive
        expectsContinue = request.expectsContinue
    }
}

/// Feeds `bytes` cut at `cuts`, as a connection would.
func outcome(
    of bytes: [UInt8], cutAt cuts: some Sequence<Int>, limits: HTTPLimits = HTTPLimits(),
    bodyLimit: Int? = nil
) -> Outcome {
    var parser = RequestParser(limits: limits)
    var outcome = Outcome()
    var start = 0
    for end in Array(cuts) + [bytes.count] {
        let isOpen = outcome.add(
            Array(bytes[start..<end]), to: &parser, bodyLimit: bodyLimit)
        outcome.isIdle = parser.isIdle
        guard isOpen else { return outcome }
        start = end
    }
    return outcome
}

extension Outcome {
    fileprivate mutating func add(
        _ piece: [UInt8], to parser: inout RequestParser, bodyLimit: Int?
    ) -> Bool {
        var offset = 0
        defer { consumed += offset }
        while true {
            switch parser.feed(piece.span, from: &offset) {
            case .needMore:
                #expect(offset == piece.count, "needMore consumes everything")
                return true
            case .head(let request):
                #expect(request.body.isEmpty && parser.stage == .body && !parser.isIdle)
                heads += 1
                if let bodyLimit { parser.bodyLimit = bodyLimit }
            case .request(let request):
                #expect(parser.isIdle && parser.stage == .head)
                requests.append(Seen(request))
                if offset == piece.count { return true }
            case .refuse(let refusal):
                self.refusal = refusal
                return false
            }
        }
    }
}

/// Feeds `bytes` whole, byte by byte and cut in two at every index, and expects the same each time.
func everyWay(
    _ bytes: [UInt8], limits: HTTPLimits = HTTPLimits(), bodyLimit: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) -> Outcome {
    let whole = outcome(of: bytes, cutAt: [], limits: limits, bodyLimit: bodyLimit)
    let single = outcome(of: bytes, cutAt: bytes.indices, limits: limits, bodyLimit: bodyLimit)
    #expect(single == whole, "byte by byte", sourceLocation: sourceLocation)
    for cut in bytes.indices {
        let halves = outcome(of: bytes, cutAt: [cut], limits: limits, bodyLimit: bodyLimit)
        if halves != whole {
            Issue.record("cut at \(cut): \(halves), not \(whole)", sourceLocation: sourceLocation)
        }
    }
    return whole
}

/// Feeds the UTF-8 of `text` in every way.
func everyWay(
    _ text: String, limits: HTTPLimits = HTTPLimits(), bodyLimit: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) -> Outcome {
    everyWay(
        Array(text.utf8), limits: limits, bodyLimit: bodyLimit, sourceLocation: sourceLocation)
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
