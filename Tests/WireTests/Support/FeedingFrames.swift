import Oracles
import TestSupport
import Testing
import Wire

/// All the ways to feed the bytes that a test tries, as pieces.
func feedings(of bytes: [UInt8]) -> [[[UInt8]]] {
    Cuts.all(of: bytes.count).map { cuts in
        Cuts.ranges(of: bytes.count, cutAt: cuts).map { Array(bytes[$0]) }
    }
}

/// What a fresh socket makes of the pieces, up to its end.
func actions(
    feeding pieces: [[UInt8]], limits: WebSocketLimits = .forTests
) -> [WebSocketState.Action] {
    var state = WebSocketState(limits: limits)
    return pieces.flatMap { actions(of: &state, feeding: $0) }
}

/// What the socket makes of one piece.
///
/// The piece stands behind three other bytes, as it may in a read buffer.
func actions(of state: inout WebSocketState, feeding piece: [UInt8]) -> [WebSocketState.Action] {
    let buffer: [UInt8] = [0x81, 0x81, 0x81] + piece
    var offset = 3
    var actions: [WebSocketState.Action] = []
    while true {
        let action = state.receive(buffer.span, from: &offset)
        guard action != .needMore else { break }
        actions.append(action)
    }
    #expect(offset == buffer.count)
    return actions
}

/// Expects the same actions in every way of feeding the frames.
func expectActions(
    _ expected: [WebSocketState.Action], from frames: [ClientFrame],
    limits: WebSocketLimits = .forTests, sourceLocation: SourceLocation = #_sourceLocation
) {
    let bytes = frames.flatMap(\.bytes)
    for pieces in feedings(of: bytes) {
        let found = actions(feeding: pieces, limits: limits)
        guard found != expected else { continue }
        let way = pieces.count == 2 ? "cut at \(pieces[0].count)" : "in \(pieces.count) pieces"
        Issue.record("\(way): \(found) is not \(expected)", sourceLocation: sourceLocation)
        return
    }
}

extension WebSocketLimits {
    /// Takes what the tests send, unless it is meant to be too long.
    static var forTests: WebSocketLimits {
        WebSocketLimits(maxMessageBytes: 100_000, acceptsBinary: true)
    }
}
