import Wire

extension Oracle {
    /// Frames mean the same in whatever pieces they come, keep to the limits, and what the server
    /// writes of them is read as what it was.
    package static let webSocket = Oracle(name: "websocket") { bytes throws(OracleFault) in
        for limits in [
            WebSocketLimits(maxMessageBytes: 1 << 20, acceptsBinary: true),
            WebSocketLimits(maxMessageBytes: 20, acceptsBinary: false),
        ] {
            let whole = WebSocketState.actions(for: bytes, cutAt: [], limits: limits)
            for cuts in Cuts.some(of: bytes) {
                let cut = WebSocketState.actions(for: bytes, cutAt: cuts, limits: limits)
                try require(cut == whole, "cut at \(cuts): \(cut), not \(whole)")
            }
            try require(!whole.dropLast().contains { $0.isEnd }, "something behind the end")
            for action in whole { try judge(action, limits) }
        }
        try judgeText(bytes)
    }

    private static func judge(
        _ action: WebSocketState.Action, _ limits: WebSocketLimits
    ) throws(OracleFault) {
        switch action {
        case .text(let payload):
            try require(String(validating: payload, as: UTF8.self) != nil, "text is not UTF-8")
            try require(payload.count <= limits.maxMessageBytes, "a text over the limit")
            try judgeCopy(.text, payload, action)
        case .binary(let payload):
            try require(limits.acceptsBinary, "binary where only text is taken")
            try require(payload.count <= limits.maxMessageBytes, "a message over the limit")
            try judgeCopy(.binary, payload, action)
        case .ping(let payload): try judgeCopy(.ping, payload, action)
        case .pong(let payload): try judgeCopy(.pong, payload, action)
        case .peerClosed(let code, let reason):
            let payload = WebSocketFrame.closePayload(code: code, reason: reason)
            try judgeCopy(.close, payload, action)
        case .fail(let code): try require([1002, 1003, 1007, 1009].contains(code), "fail \(code)")
        case .needMore: break
        }
    }

    /// The server's frame of it, masked as a client must, is the same again.
    private static func judgeCopy(
        _ opcode: Opcode, _ payload: [UInt8], _ action: WebSocketState.Action
    ) throws(OracleFault) {
        var frame: [UInt8] = []
        WebSocketFrame.append(opcode, payload: payload, to: &frame)
        let header = frame.count - payload.count
        let shortest = payload.count < 126 ? 2 : payload.count < 65536 ? 4 : 10
        try require(header == shortest && frame[0] == 0x80 | opcode.rawValue, "a header \(frame)")
        let key: [UInt8] = [0x37, 0xFA, 0x21, UInt8(truncatingIfNeeded: payload.count)]
        var masked = Array(frame[..<header]) + key
        masked[1] |= 0x80
        for (index, byte) in frame[header...].enumerated() { masked.append(byte ^ key[index % 4]) }
        let limits = WebSocketLimits(maxMessageBytes: 1 << 20, acceptsBinary: true)
        let again = WebSocketState.actions(for: masked, cutAt: [], limits: limits)
        try require(again == [action], "written again it is \(again), not \(action)")
    }

    /// The standard library is of the same opinion about text, and so is the validator, cut anywhere.
    private static func judgeText(_ bytes: [UInt8]) throws(OracleFault) {
        let isText = String(validating: bytes, as: UTF8.self) != nil
        for cuts in [[]] + Cuts.some(of: bytes) {
            var validator = UTF8Validator()
            var isAccepted = true
            for range in Cuts.ranges(of: bytes.count, cutAt: cuts) {
                isAccepted = validator.accept(bytes.span.extracting(range))
            }
            try require((isAccepted && validator.isComplete) == isText, "UTF-8 cut at \(cuts)")
        }
    }
}

extension WebSocketState.Action {
    fileprivate var isEnd: Bool {
        switch self {
        case .peerClosed, .fail: true
        default: false
        }
    }
}
