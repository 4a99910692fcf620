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
