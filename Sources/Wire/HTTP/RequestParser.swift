/// Reads the requests of one connection from bytes that arrive in any pieces (RFC 9110, RFC 9112).
///
/// A pure machine: it holds bytes only while it has part of a request. What is not exactly a request
/// is refused as soon as it is seen, and after that every call gives the same refusal.
public struct RequestParser: Sendable {
    /// What was found in the bytes so far.
    public enum Step: Sendable {
        /// All bytes were consumed; feed the next ones.
        case needMore
        /// A head that announces a body, which is still empty here.
        ///
        /// Set `bodyLimit` for its route and feed on, even if no bytes are left. If that says
        /// `needMore` and the request expects it, answer `100 Continue`.
        case head(Request)
        /// A whole request. The bytes behind it were not consumed.
        case request(Request)
        /// Answer with the refusal's status and close.
        case refuse(Refusal)
    }

    /// Which part of a request is awaited: the head (also when idle) or the body with its trailer.
    public enum Stage: Sendable {
        /// The request line and the header fields.
        case head
        /// The body, its chunks and its trailer.
        case body
    }

    private enum State {
        case idle
        case head
        case length(Int)
        case chunks(ChunkedDecoder)
        case trailer
        case refused(Refusal)
    }

    /// RFC 9112 §2.2 asks for one at least; old clients sent one behind a body.
    private static let maxEmptyLines = 2

    /// The largest body of the request being read, in bytes; every request starts with
    /// `HTTPLimits.maxBody`.
    public var bodyLimit: Int

    private let limits: HTTPLimits
    private var state = State.idle
    /// CR and LF before a request line; an odd count awaits its LF.
    private var leadingBytes = 0
    private var reader = HeadReader()
    private var pending: Request?

    /// A parser that awaits the first request of a connection.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        bodyLimit = Int(limits.maxBody)
    }

    /// Whether nothing of a next request was received; empty lines before one do not count.
    public var isIdle: Bool { if case .idle = state { true } else { false } }

    /// Which part of a request is awaited.
    public var stage: Stage {
        switch state {
        case .idle, .head, .refused: .head
        case .length, .chunks, .trailer: .body
        }
    }

    /// Whether the request being read, or the one that was refused, is a HEAD as far as is known: its
    /// reply has no body (RFC 9110 §9.3.2).
    public private(set) var isHead = false

    /// What was read of a head that is not whole, or was refused, for the reply that says so.
    var partialHead: PartialHead? { reader.partialHead }

    /// Moves `offset`, an index of `input` or its end, over what it consumes and says what that made.
    ///
    /// Feed the same span again until it gives `needMore` or `refuse`, or `request` at its end.
    public mutating func feed(_ input: Span<UInt8>, from offset: inout Int) -> Step {
        let start = offset
        do throws(Refusal) {
            return switch state {
            case .idle, .head: try readHead(input, from: &offset)
            case .length(let length): try readBody(length, input, from: &offset)
            case .chunks(let decoder): try readChunks(decoder, input, from: &offset)
            case .trailer: try readTrailer(input, from: &offset)
            case .refused(let refusal): throw refusal
            }
        } catch {
            let isHead = isHead || reader.isHead(input, from: start)
            let refused = reader.gathering(input, from: start)
            self = RequestParser(limits: limits)
            self.isHead = isHead
            reader = refused
            state = .refused(error)
            return .refuse(error)
        }
    }

    private mutating func readHead(
        _ input: Span<UInt8>, from offset: inout Int
    ) throws(Refusal) -> Step {
        if case .idle = state {
            try skipEmptyLines(input, from: &offset)
            guard offset < input.count else { return .needMore }
            state = .head
        }
        let isWhole = try reader.read(
            input, from: &offset, maxSize: limits.maxHead, limits: limits)
        guard isWhole else { return .needMore }
        return try endHead()
    }

    /// RFC 9112 §2.2: empty lines before a request line are skipped.
    private mutating func skipEmptyLines(
        _ input: Span<UInt8>, from offset: inout Int
    ) throws(Refusal) {
        while offset < input.count {
            let awaitsLineFeed = leadingBytes % 2 == 1
            switch input[offset] {
            case .lineFeed where awaitsLineFeed, .carriageReturn where !awaitsLineFeed:
                leadingBytes += 1
            case .lineFeed: throw Refusal(.badLineEnd)
            case _ where awaitsLineFeed: throw Refusal(.badLineEnd)
            default: return
            }
            if leadingBytes > 2 * Self.maxEmptyLines { throw Refusal(.tooManyEmptyLines) }
            offset += 1
        }
    }

    private mutating func endHead() throws(Refusal) -> Step {
        let (request, framing) = try Request.parse(reader)
        reader = HeadReader()
        if framing.isChunked {
            state = .chunks(ChunkedDecoder())
        } else if let length = framing.contentLength, length > 0 {
            state = .length(length)
        } else {
            return end(request)
        }
        pending = request
        isHead = request.method == .head
        return .head(request)
    }

    private mutating func end(_ request: Request) -> Step {
        self = RequestParser(limits: limits)
        return .request(request)
    }

    /// Too long is refused with the first byte of the body: the caller sets its limit after the head.
    ///
    /// A client that awaits `100 Continue` sends no byte, so it is told at once.
    private mutating func readBody(
        _ length: Int, _ input: Span<UInt8>, from offset: inout Int
    ) throws(Refusal) -> Step {
        guard var request = pending else { return .needMore }
        if length > bodyLimit, request.expectsContinue || offset < input.count {
            throw Refusal(.bodyTooLarge)
        }
        pending = nil
        let count = min(length - request.body.count, input.count - offset)
        request.body.append(input, offset..<(offset + count))
        offset += count
        if request.body.count == length { return end(request) }
        pending = request
        return .needMore
    }

    private mutating func readChunks(
        _ decoder: ChunkedDecoder, _ input: Span<UInt8>, from offset: inout Int
    ) throws(Refusal) -> Step {
        guard var request = pending else { return .needMore }
        pending = nil
        var decoder = decoder
        let isLast = try decoder.decode(
            input, from: &offset, into: &request.body, bodyLimit: bodyLimit, limits: limits)
        pending = request
        state = isLast ? .trailer : .chunks(decoder)
        if isLast { reader = .trailer }
        return isLast ? try readTrailer(input, from: &offset) : .needMore
    }

    /// RFC 9110 §6.5.1: trailers are checked like headers, and dropped.
    private mutating func readTrailer(
        _ input: Span<UInt8>, from offset: inout Int
    ) throws(Refusal) -> Step {
        do throws(Refusal) {
            let isWhole = try reader.read(
                input, from: &offset, maxSize: limits.maxTrailer, limits: limits)
            guard isWhole else { return .needMore }
        } catch { throw error.reason == .headTooLarge ? Refusal(.trailerTooLarge) : error }
        for field in reader.lines.fields
        where KnownField(reader.bytes.span.extracting(field.name)) != nil {
            throw Refusal(.forbiddenTrailer)
        }
        guard let request = pending else { return .needMore }
        return end(request)
    }
}
