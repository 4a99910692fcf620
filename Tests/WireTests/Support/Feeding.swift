import Oracles
import Testing
import Wire

/// Feeds `bytes` cut at `cuts`, as a connection would.
func outcome(
    of bytes: [UInt8], cutAt cuts: some Sequence<Int>, limits: HTTPLimits = HTTPLimits(),
    bodyLimit: Int? = nil
) -> RequestReading {
    let reading = RequestReading(bytes, cutAt: cuts, limits: limits, bodyLimit: bodyLimit)
    #expect(reading.faults.isEmpty)
    return reading
}

/// Feeds `bytes` whole, byte by byte and cut in two at every index, and expects the same each time.
func everyWay(
    _ bytes: [UInt8], limits: HTTPLimits = HTTPLimits(), bodyLimit: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) -> RequestReading {
    let whole = outcome(of: bytes, cutAt: [], limits: limits, bodyLimit: bodyLimit)
    for cuts in Cuts.all(of: bytes.count) {
        let cut = outcome(of: bytes, cutAt: cuts, limits: limits, bodyLimit: bodyLimit)
        if cut != whole {
            Issue.record("cut at \(cuts): \(cut), not \(whole)", sourceLocation: sourceLocation)
        }
    }
    return whole
}

/// Feeds the UTF-8 of `text` in every way.
func everyWay(
    _ text: String, limits: HTTPLimits = HTTPLimits(), bodyLimit: Int? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) -> RequestReading {
    everyWay(
        Array(text.utf8), limits: limits, bodyLimit: bodyLimit, sourceLocation: sourceLocation)
}
