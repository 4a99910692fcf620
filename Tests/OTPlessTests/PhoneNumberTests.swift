import OTPless
import Testing

struct PhoneNumberTests {
    @Test(arguments: [
        "+16505550142", "0016505550142", "+1 650 555 0142", "+1 (650) 555-0142",
        "(+1) 650.555.0142",
        "+1[650]5550142", "00 1 650-555-0142", "0-0 1 6505550142", " +16505550142 ",
        "+1\u{A0}650\u{202F}555\u{2009}0142", "+1\t650\u{3000}5550142",
        "+1\u{2011}650\u{2013}555\u{2014}0142", "+1\u{2212}650\u{AD}555\u{FF0D}0142",
        "+1\u{B7}650\u{B7}5550142", "\u{202A}+16505550142\u{202C}", "\u{2066}+16505550142\u{2069}",
        "\u{FEFF}+1650\u{200B}5550142\u{200E}",
    ])
    func `what people paste is the same number`(_ text: String) throws {
        let phone = try #require(PhoneNumber(text))
        #expect(phone.e164 == "+16505550142")
        #expect(phone.digits == "16505550142")
        #expect(phone == PhoneNumber(waID: "16505550142"))
    }

    @Test(arguments: [
        "+1234567", "+1234567890", "001234567", "+123456789012345", "00123456789012345",
    ])
    func `seven to fifteen digits are a number`(_ text: String) {
        #expect(PhoneNumber(text) != nil)
    }

    @Test(arguments: [
        "", "+", "00", " ", "16505550142", "06505550142", "+123456", "00123456",
        "+1234567890123456", "001234567890123456", "+06505550142", "000123456789", "+0016505550142",
        "++16505550142", "+1+6505550142", "1+6505550142", "00+16505550142", "+1650555o142",
        "+1650555/0142", "+16505550142,1", "+16505550142;ext=1", "+16505550142#",
        "tel:+16505550142",
        "+1650555\n0142", "+16505550142\n", "+1650555\u{1}0142", "＋16505550142", "+１６５０５５５０１４２",
        "+٠١٢٣٤٥٦٧", "+१२३४५६७८", "+1650555014²", "+1650555014\u{301}2", "+1650555014\u{20E3}2",
    ])
    func `anything else is refused`(_ text: String) {
        #expect(PhoneNumber(text) == nil)
    }

    @Test func `a long text is refused`() {
        #expect(PhoneNumber("+" + String(repeating: "1", count: 100_000)) == nil)
        #expect(PhoneNumber(String(repeating: " ", count: 100_000)) == nil)
    }

    @Test(arguments: [
        "", "+16505550142", "016505550142", "123456", "1234567890123456", "1650 5550142",
        "1650555014２", "-16505550142",
    ])
    func `a provider's number is bare digits`(_ text: String) {
        #expect(PhoneNumber(waID: text) == nil)
    }

    @Test(arguments: [
        ("1234567", "+*****67"), ("12345678", "+1*****78"), ("1234567890", "+123*****90"),
        ("16505550142", "+1650*****42"), ("491711234567", "+4917******67"),
        ("123456789012345", "+1234*********45"),
    ])
    func `the masked form hides five digits at least`(_ digits: String, _ masked: String) {
        #expect(PhoneNumber(waID: digits)?.masked == masked)
    }

    @Test func `printing never shows the number`() throws {
        let phone = try #require(PhoneNumber("+16505550142"))
        let masked = "+1650*****42"
        #expect("\(phone)" == masked)
        #expect(String(reflecting: phone) == masked)
        #expect("\([phone])" == "[\(masked)]")
        #expect(String(describing: Optional(phone)) == "Optional(\(masked))")
    }
}
