import OTPless

extension Oracle {
    /// A number is the digits that were typed, is itself in each of its forms, and never shows.
    package static let phone = Oracle(name: "phone") { bytes throws(OracleFault) in
        let text = String(decoding: bytes, as: UTF8.self)
        if let phone = PhoneNumber(waID: text) {
            try require(Array(phone.digits.utf8) == bytes, "\(phone.digits), not \(text)")
        }
        guard let phone = PhoneNumber(text) else { return }
        let typed = text.unicodeScalars.filter { "0"..."9" ~= $0 }.map(String.init).joined()
        let plus = text.unicodeScalars.filter { $0 == "+" }.count
        try require(typed == (plus == 1 ? "" : "00") + phone.digits, "\(phone.digits) of \(text)")
        try require(plus < 2 && 7...15 ~= phone.digits.utf8.count, "\(phone.digits) of \(text)")
        let forms = [
            PhoneNumber(phone.e164), PhoneNumber("00" + phone.digits),
            PhoneNumber(waID: phone.digits), PhoneNumber("+(" + phone.digits + ")"),
        ]
        try require(forms.allSatisfy { $0 == phone }, "\(forms) of \(phone.digits)")
        try judgeMask(of: phone)
        try judgeVariants(of: phone)
    }

    /// Five digits are hidden at least, and what is shown is right.
    private static func judgeMask(of phone: PhoneNumber) throws(OracleFault) {
        let shown = Array(phone.masked.utf8.dropFirst())
        let hidden = shown.filter { $0 == UInt8(ascii: "*") }.count
        let isRight = zip(shown, phone.digits.utf8).allSatisfy {
            $0 == $1 || $0 == UInt8(ascii: "*")
        }
        try require(
            hidden >= 5 && isRight && shown.count == phone.digits.utf8.count
                && "\(phone)" == phone.masked && String(reflecting: phone) == phone.masked,
            "\(phone.masked) of \(phone.digits)")
    }

    /// Whoever is a variant of a phone has it for a variant, too.
    private static func judgeVariants(of phone: PhoneNumber) throws(OracleFault) {
        let variants = phone.variants
        try require(variants.first == phone && variants.count <= 2, "\(variants.map(\.digits))")
        for variant in variants {
            try require(
                Set(variant.variants) == Set(variants), "\(variant.digits) of \(phone.digits)")
        }
    }
}
