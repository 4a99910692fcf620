/// Numbers of a curve as tokens carry them, worked out apart from the product.
package enum RawSignature {
    /// The order of P-256 and of Ed25519's group, the most significant byte first.
    package static let orderOfP256 = bytes(
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    package static let orderOfEd25519 = bytes(
        "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed")

    /// r and s of 32 bytes each, from a DER sequence of two integers.
    package static func raw(_ der: [UInt8]) -> [UInt8] {
        guard der.count > 6 else { return [] }
        let first = Int(der[3])
        return padded(der[4..<(4 + first)]) + padded(der[(6 + first)...])
    }

    private static func padded(_ number: ArraySlice<UInt8>) -> [UInt8] {
        let digits = number.drop { $0 == 0 }
        return [UInt8](repeating: 0, count: 32 - digits.count) + digits
    }

    /// The other signature that ECDSA takes: (r, n - s).
    package static func twin(_ raw: [UInt8]) -> [UInt8] {
        raw[..<32] + sum(orderOfP256, inverted(Array(raw[32...])), carry: 1)
    }

    /// The form of the two that the product writes: the one with the smaller s.
    package static func canonical(_ der: [UInt8]) -> [UInt8] {
        let forms = [raw(der), twin(raw(der))]
        return forms[0][32...].lexicographicallyPrecedes(forms[1][32...]) ? forms[0] : forms[1]
    }

    /// The same signature of Ed25519 with S + L for S.
    package static func plusOrder(_ signature: [UInt8]) -> [UInt8] {
        let big = Array(signature[32...].reversed())
        return signature[..<32] + sum(big, orderOfEd25519, carry: 0).reversed()
    }

    private static func inverted(_ number: [UInt8]) -> [UInt8] { number.map { ~$0 } }

    /// Modulo 2^256.
    package static func sum(_ one: [UInt8], _ other: [UInt8], carry: Int) -> [UInt8] {
        var (sum, carry) = ([UInt8](repeating: 0, count: 32), carry)
        for index in (0..<32).reversed() {
            let digit = Int(one[index]) + Int(other[index]) + carry
            sum[index] = UInt8(digit & 255)
            carry = digit >> 8
        }
        return sum
    }

    /// Bytes from their hexadecimal digits.
    package static func bytes(_ hex: String) -> [UInt8] {
        let digits = hex.compactMap { $0.hexDigitValue.map { UInt8($0) } }
        return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
