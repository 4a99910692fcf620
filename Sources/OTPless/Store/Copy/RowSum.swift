/// What a set of rows adds up to, in whatever order they come: SHA-256 of each, added.
struct RowSum: Equatable {
    private(set) var count = 0
    private var words = [UInt64](repeating: 0, count: 4)

    mutating func add(_ row: [Datum]) {
        count += 1
        var bytes: [UInt8] = []
        for value in row { Self.append(value, to: &bytes) }
        let digest = Digest(of: bytes).bytes
        for index in words.indices {
            let part = digest[index * 8..<index * 8 + 8]
            words[index] &+= part.reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// Each value says what it is and how long, so that no two rows are the same bytes.
    private static func append(_ value: Datum, to bytes: inout [UInt8]) {
        switch value {
        case .null: bytes.append(0)
        case .integer(let number): append(1, number, to: &bytes)
        case .text(let text):
            append(2, Int64(text.utf8.count), to: &bytes)
            bytes += Array(text.utf8)
        case .blob(let blob):
            append(3, Int64(blob.count), to: &bytes)
            bytes += blob
        case .id(let high, let low):
            append(3, 16, to: &bytes)
            append(Int64(bitPattern: high), to: &bytes)
            append(Int64(bitPattern: low), to: &bytes)
        }
    }

    private static func append(_ kind: UInt8, _ number: Int64, to bytes: inout [UInt8]) {
        bytes.append(kind)
        append(number, to: &bytes)
    }

    private static func append(_ number: Int64, to bytes: inout [UInt8]) {
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
        }
    }
}
