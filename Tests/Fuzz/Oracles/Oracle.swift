/// What must hold for any bytes: a fuzz target tries to break it, a test replays what once did.
package struct Oracle: Sendable {
    /// The name of its corpus, and of its fuzz target in `scripts/fuzz`.
    package let name: String

    /// Judges one input.
    ///
    /// - Throws: `OracleFault`, with what did not hold.
    package let check: @Sendable ([UInt8]) throws(OracleFault) -> Void

    /// All of them.
    package static let all = [request, webSocket, webhook, json, token, phone]
}

/// What did not hold.
package struct OracleFault: Error, CustomStringConvertible {
    package let description: String
}

/// Throws unless the condition holds.
func require(
    _ condition: Bool, _ fault: @autoclosure () -> String
) throws(OracleFault) {
    guard condition else { throw OracleFault(description: fault()) }
}
