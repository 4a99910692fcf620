/// The grammar of Host (RFC 9110 §7.2, RFC 3986 §3.2.2).
enum Host {
    /// Whether this is `name`, `name:port`, `[v6]` or `[v6]:port`.
    ///
    /// Stricter than RFC 3986: a name is of letters, digits and `-._~`, as in DNS; sub-delims such as
    /// `,` and percent-encoding are read differently by different proxies. Empty is refused.
    static func isValid(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        let rest: ArraySlice<UInt8>
        if first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = bytes[(bytes.startIndex + 1)..<close]
            guard address.count >= 2, address.allSatisfy(isAddressByte) else { return false }
            rest = bytes[(close + 1)...]
        } else {
            let name = bytes.prefix(while: isNameByte)
            guard !name.isEmpty else { return false }
            rest = bytes[name.endIndex...]
        }
        return rest.isEmpty || isPort(rest)
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.first == .colon && bytes.count <= 6 && bytes.dropFirst().allSatisfy(\.isDigit)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: byte.isLetter || byte.isDigit
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte.hexDigitValue != nil || byte == .colon || byte == UInt8(ascii: ".")
    }
}
