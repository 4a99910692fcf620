package import Wire

extension WebSocketState {
    /// What the socket makes of one piece, up to its end.
    package mutating func actions(for piece: Span<UInt8>) -> [Action] {
        var offset = 0
        var actions: [Action] = []
        while true {
            let action = receive(piece, from: &offset)
            guard action != .needMore else { return actions }
            actions.append(action)
        }
    }

    /// What a fresh socket makes of bytes that come in pieces.
    package static func actions(
        for bytes: [UInt8], cutAt cuts: some Sequence<Int>, limits: WebSocketLimits
    ) -> [Action] {
        var state = WebSocketState(limits: limits)
        return Cuts.ranges(of: bytes.count, cutAt: cuts).flatMap {
            state.actions(for: bytes.span.extracting($0))
        }
    }
}
