/// The ways to cut bytes into pieces that parsers are tried with; a cut is an index of the bytes.
package enum Cuts {
    /// Whole, byte by byte, and in two at every index.
    ///
    /// Of long inputs at the first and last 40, and some between.
    package static func all(of count: Int) -> [[Int]] {
        let isLong = count > 600
        let places = (0..<count).filter { index in
            !isLong || index < 40 || index > count - 40 || index % 9973 == 0
        }
        return [[], Array(0..<count)] + places.map { [$0] }
    }

    /// Byte by byte, and in a few ways that the bytes themselves choose.
    package static func some(of bytes: [UInt8]) -> [[Int]] {
        // FNV-1a, then SplitMix64: the same input is always cut alike.
        var state = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
        }
        func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
        let several = [2, 7, 40].map { (average: UInt64) in
            bytes.indices.filter { _ in next() % average == 0 }
        }
        let halves = bytes.isEmpty ? 0 : Int(next() % UInt64(bytes.count))
        return [Array(bytes.indices), [halves]] + several
    }

    /// The ranges between the cuts, which are in order.
    package static func ranges(of count: Int, cutAt cuts: some Sequence<Int>) -> [Range<Int>] {
        var start = 0
        return (Array(cuts) + [count]).map { end in
            defer { start = end }
            return start..<end
        }
    }
}
