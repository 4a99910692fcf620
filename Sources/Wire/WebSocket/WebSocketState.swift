/// What a WebSocket takes from its peer.
public struct WebSocketLimits: Sendable {
    /// The longest message, all its fragments together; a longer one is closed with 1009.
    public var maxMessageBytes: Int
    /// Whether binary messages are taken; if not, one is closed with 1003.
    public var acceptsBinary: Bool

    /// The limits of a socket; the defaults are those of the waiting page's.
    public init(maxMessageBytes: Int = 4096, acceptsBinary: Bool = false) {
        self.maxMessageBytes = maxMessageBytes
        self.acceptsBinary = acceptsBinary
    }
}

/// The server's side of an open WebSocket: turns the peer's bytes into messages and verdicts.
///
/// It sends nothing by itself: each action says what the caller owes the peer. While the peer is
/// silent between messages it holds no heap memory.
///
/// Source: RFC 6455 sections 5 to 8.
public struct WebSocketState: Sendable {
    /// What the peer's bytes came to.
    public enum Action: Equatable, Sendable {
        /// The input is used up.
        case needMore
        /// A whole text message, well-formed UTF-8.
        case text([UInt8])
        /// A whole binary message.
        case binary([UInt8])
        /// Owed: a pong with the same payload (section 5.5.2).
        case ping([UInt8])
        /// The peer lives.
        case pong([UInt8])
        /// Owed: a close frame with the same code, and the end (section 5.5.1).
        case peerClosed(code: UInt16?, reason: String)
        /// Owed: a close frame with this code, and the end (section 7.1.7).
        case fail(code: UInt16)
    }

    private var message: [UInt8] = []
    /// Apart from the message, because control frames come between its fragments.
    private var control: [UInt8] = []
    private var parser = FrameParser()
    private let limits: WebSocketLimits
    private var text = UTF8Validator()
    /// The kind of the message whose fragments are being read.
    private var kind: Opcode?
    private var isClosed = false

    /// The state right after the handshake.
    public init(limits: WebSocketLimits) {
        self.limits = limits
    }

    /// Reads on in the input and moves the offset behind what was read.
    ///
    /// The caller repeats the call until `needMore`; the next input then starts with the bytes
    /// that follow. After `peerClosed` and `fail` whatever comes is dropped (section 1.4).
    public mutating func receive(_ input: Span<UInt8>, from offset: inout Int) -> Action {
        while !isClosed, offset >= 0, offset < input.count {
            if !parser.isInPayload {
                switch parser.readHeader(input, from: &offset) {
                case .needMore: return .needMore
                case .failed: return fail(CloseCode.protocolError)
                case .header: break
                }
                if let code = refusal() { return fail(code) }
            }
            if let action = readPayload(input, from: &offset) { return action }
        }
        offset = input.count
        return .needMore
    }

    /// Judges a frame by its header, before any of its payload is kept.
    private mutating func refusal() -> UInt16? {
        let opcode = parser.opcode
        guard !opcode.isControl else { return nil }
        // Section 5.4: a fragmented message is continued, and nothing else is.
        guard (opcode == .continuation) == (kind != nil) else { return CloseCode.protocolError }
        guard opcode != .binary || limits.acceptsBinary else { return CloseCode.unsupportedData }
        guard parser.remaining <= limits.maxMessageBytes - message.count else {
            return CloseCode.tooBig
        }
        if kind == nil { kind = opcode }
        return nil
    }

    private mutating func readPayload(_ input: Span<UInt8>, from offset: inout Int) -> Action? {
        guard !parser.opcode.isControl else {
            let isWhole = parser.readPayload(input, from: &offset, appendingTo: &control)
            return isWhole ? endControl() : nil
        }
        let known = message.count
        let isWhole = parser.readPayload(input, from: &offset, appendingTo: &message)
        // Section 8.1: as soon as a byte is wrong, not only when the message ends.
        guard isText(from: known) else { return fail(CloseCode.invalidData) }
        return isWhole && parser.isFinal ? endMessage() : nil
    }

    /// Checks the message's latest bytes, unless they are binary.
    private mutating func isText(from start: Int) -> Bool {
        guard kind == .text else { return true }
        var validator = text
        defer { text = validator }
        return validator.accept(message.span.extracting(start...))
    }

    private mutating func endMessage() -> Action {
        guard text.isComplete else { return fail(CloseCode.invalidData) }
        let whole = message
        let action: Action = kind == .text ? .text(whole) : .binary(whole)
        message = []
        kind = nil
        return action
    }

    private mutating func endControl() -> Action {
        let payload = control
        control = []
        switch parser.opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default: return close(payload)
        }
    }

    /// Reads the peer's close frame (sections 5.5.1 and 7.4).
    private mutating func close(_ payload: [UInt8]) -> Action {
        guard !payload.isEmpty else { return end(with: .peerClosed(code: nil, reason: "")) }
        guard payload.count >= 2 else { return fail(CloseCode.protocolError) }
        let code = UInt16(payload[0]) << 8 | UInt16(payload[1])
        guard CloseCode.isValid(code) else { return fail(CloseCode.protocolError) }
        guard let reason = String(validating: payload[2...], as: UTF8.self) else {
            return fail(CloseCode.invalidData)
        }
        return end(with: .peerClosed(code: code, reason: reason))
    }

    private mutating func fail(_ code: UInt16) -> Action {
        end(with: .fail(code: code))
    }

    private mutating func end(with action: Action) -> Action {
        isClosed = true
        message = []
        control = []
        return action
    }
}
