extension PhoneNumber {
    /// The numbers under which WhatsApp may know the same phone, this one first.
    ///
    /// Mexico and Argentina have a digit for mobile phones, 1 and 9, that some write and some do not;
    /// Brazil put a 9 in front of its mobile numbers, and older accounts have none. Nothing counts as
    /// a variant that may be somebody else's number, such as a landline.
    package var variants: [PhoneNumber] {
        for rule in Self.rules {
            if let variant = rule.variant(of: Array(digits.utf8)) { return [self, variant] }
        }
        return [self]
    }

    private static let rules = [
        VariantRule(country: "52", mark: "1", index: 2, next: "2"..."9"),
        VariantRule(country: "54", mark: "9", index: 2, next: "1"..."8"),
        VariantRule(country: "55", mark: "9", index: 4, next: "6"..."9"),
    ]
}

/// Where a country's mobile numbers have a digit that may be missing.
private struct VariantRule: Sendable {
    let country: String
    let mark: Unicode.Scalar
    let index: Int
    /// How the digits behind the mark begin.
    let next: ClosedRange<Unicode.Scalar>

    /// A number of 12 digits with the mark, one of 13 without it.
    func variant(of digits: [UInt8]) -> PhoneNumber? {
        var changed = digits
        switch digits.count {
        case 12: changed.insert(UInt8(ascii: mark), at: index)
        case 13 where digits[index] == UInt8(ascii: mark): changed.remove(at: index)
        default: return nil
        }
        let short = digits.count == 12 ? digits : changed
        guard digits.starts(with: country.utf8), next ~= Unicode.Scalar(short[index]) else {
            return nil
        }
        return PhoneNumber(waID: String(decoding: changed, as: UTF8.self))
    }
}
