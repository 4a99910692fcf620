/// A statement's values in PostgreSQL's binary format.
@safe struct PostgresValues {
    private var bytes: [UInt8] = []
    /// Where each begins; nil for NULL.
    private var starts: [Int?] = []
    private var lengths: [Int32] = []

    /// The types by their object ids; 0 where the server has to tell by the statement: of a NULL.
    private(set) var types: [UInt32] = []

    private enum TypeID {
        static let bytea: UInt32 = 17
        static let bigint: UInt32 = 20
        static let text: UInt32 = 25
    }

    init(_ values: [Datum]) {
        for value in values { append(value) }
    }

    var count: Int { types.count }

    private mutating func append(_ value: Datum) {
        let start = bytes.count
        switch value {
        case .null: types.append(0)
        case .integer(let number):
            append(UInt64(bitPattern: number))
            types.append(TypeID.bigint)
        case .text(let text):
            bytes.append(contentsOf: text.utf8)
            types.append(TypeID.text)
        case .id(let high, let low):
            append(high)
            append(low)
            types.append(TypeID.bytea)
        case .blob(let blob):
            bytes.append(contentsOf: blob)
            types.append(TypeID.bytea)
        }
        starts.append(types.last == 0 ? nil : start)
        lengths.append(Int32(clamping: bytes.count - start))
    }

    private mutating func append(_ word: UInt64) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    /// Calls C with the values, their lengths, and the word for each that it is binary.
    func withPointers<R>(
        _ body: (
            UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?
        ) -> R
    ) -> R {
        let formats = [Int32](repeating: 1, count: count)
        // An empty array may have no address, and a null pointer would be a NULL.
        let padded = bytes.isEmpty ? [0] : bytes
        return unsafe padded.withUnsafeBytes { buffer in
            let base = unsafe buffer.assumingMemoryBound(to: CChar.self).baseAddress
            let pointers = unsafe starts.map { start in
                unsafe start.flatMap { unsafe base?.advanced(by: $0) }
            }
            return unsafe body(pointers, lengths, formats)
        }
    }
}
