import OTPless
import Testing

struct JSONReaderTests {
    @Test func `every kind of value is found by its name`() throws {
        let root = try read(
            #"{"a":null,"b":true,"c":false,"d":-12,"e":"x","f":[1,2],"g":{"h":{}}}"#)
        #expect(root.kind == .object)
        #expect(root["a"]?.isNull == true)
        #expect(root["b"]?.bool == true)
        #expect(root["c"]?.bool == false)
        #expect(root["d"]?.integer == -12)
        #expect(root["e"]?.string == "x")
        #expect(root["f"]?.elements.map(\.integer) == [1, 2])
        #expect(root["g"]?["h"]?.kind == .object)
        #expect(root.members.map(\.key) == ["a", "b", "c", "d", "e", "f", "g"])
        #expect(root.members.map(\.value.kind) == Array(kinds))
    }

    private var kinds: [JSONValue.Kind] {
        [.null, .bool, .bool, .number, .string, .array, .object]
    }

    @Test func `asking a value for what it is not gives nothing`() throws {
        let root = try read(#"["text"]"#)
        #expect(root["text"] == nil)
        #expect(root.string == nil)
        #expect(root.bool == nil)
        #expect(root.integer == nil)
        #expect(!root.isNull)
        #expect(!root.equals("text"))
        #expect(Array(root.members.map(\.key)).isEmpty)
        let text = try #require(root.elements.first { _ in true })
        #expect(Array(text.elements.map(\.kind)).isEmpty)
        #expect(text["text"] == nil)
        #expect(text.equals("text"))
        #expect(text.equals(Array("text".utf8)))
        #expect(!text.equals("texts"))
    }

    @Test func `walking skips what lies inside the siblings`() throws {
        let root = try read(#"[[1,[2,[3]]],{"a":{"a":[4]}},5]"#)
        #expect(root.elements.map(\.kind) == [.array, .object, .number])
        #expect(
            root.elements.map { String(decoding: $0.bytes, as: UTF8.self) }
                == ["[1,[2,[3]]]", #"{"a":{"a":[4]}}"#, "5"])
    }

    @Test(arguments: [
        "0", "-0", "0e1", "0.0", "1E+2", "1e-2", "-1.5e3", "123456789012345678901234567890",
        "true", "null", "[]", "{}", " \t\r\n[ ] \t\r\n", "[ 1 , 2 ]", "{ \"a\" : 1 , \"b\" : 2 }",
        "\"\"", "{\"\":0}", "\"\u{7F}\"", "\"\u{80}\u{7FF}\u{800}\u{FFFF}\u{10000}\u{10FFFF}\"",
        #""\"\\\/\b\f\n\r\t""#, #""\u0000\uFFFF\ud83d\ude00""#,
    ])
    func `what the grammar allows is accepted`(_ text: String) throws {
        _ = try read(text)
    }

    @Test(
        arguments: [
            ("", .empty), (" \n", .empty),
            ("[1,]", .unexpectedByte(at: 3)), ("[,1]", .unexpectedByte(at: 1)),
            ("[1,,2]", .unexpectedByte(at: 3)), ("[1 2]", .unexpectedByte(at: 3)),
            ("{\"a\":1,}", .unexpectedByte(at: 7)), ("{,}", .unexpectedByte(at: 1)),
            ("{a:1}", .unexpectedByte(at: 1)), ("{'a':1}", .unexpectedByte(at: 1)),
            ("{\"a\" 1}", .unexpectedByte(at: 5)), ("{\"a\":}", .unexpectedByte(at: 5)),
            ("{1:2}", .unexpectedByte(at: 1)), ("[}", .unexpectedByte(at: 1)),
            ("{]", .unexpectedByte(at: 1)), ("]", .unexpectedByte(at: 0)),
            ("/**/1", .unexpectedByte(at: 0)), ("[1//x\n]", .unexpectedByte(at: 2)),
            ("NaN", .unexpectedByte(at: 0)), ("Infinity", .unexpectedByte(at: 0)),
            ("-Infinity", .invalidNumber(at: 1)), ("+1", .unexpectedByte(at: 0)),
            (".5", .unexpectedByte(at: 0)), ("1.", .invalidNumber(at: 2)),
            ("-", .invalidNumber(at: 1)), ("01", .invalidNumber(at: 0)),
            ("-00", .invalidNumber(at: 1)), ("1e", .invalidNumber(at: 2)),
            ("1e+", .invalidNumber(at: 3)), ("1.e1", .invalidNumber(at: 2)),
            ("0x1", .trailingBytes(at: 1)), ("1 2", .trailingBytes(at: 2)),
            ("{}\u{1}", .trailingBytes(at: 2)), ("truex", .trailingBytes(at: 4)),
            ("tru", .unexpectedEnd(at: 3)), ("trUe", .unexpectedByte(at: 2)),
            ("True", .unexpectedByte(at: 0)), ("\u{FEFF}{}", .unexpectedByte(at: 0)),
            ("\u{A0}1", .unexpectedByte(at: 0)), ("\u{C}1", .unexpectedByte(at: 0)),
            ("[", .unexpectedEnd(at: 1)), ("{\"a\"", .unexpectedEnd(at: 4)),
            ("\"a", .unexpectedEnd(at: 2)), ("\"\\", .unexpectedEnd(at: 2)),
            ("\"a\nb\"", .controlCharacter(at: 2)), ("\"\u{1}\"", .controlCharacter(at: 1)),
            ("\"\u{1F}\"", .controlCharacter(at: 1)),
            (#""\x41""#, .invalidEscape(at: 1)), (#""\'""#, .invalidEscape(at: 1)),
            (#""\U0041""#, .invalidEscape(at: 1)), (#""\u00g0""#, .invalidEscape(at: 1)),
            (#""\u12""#, .invalidEscape(at: 1)), (#""\u+123""#, .invalidEscape(at: 1)),
        ] as [(String, JSONError)])
    func `what the grammar does not allow is refused where it stands`(
        _ text: String, _ error: JSONError
    ) {
        #expect(throws: error) { try read(text) }
    }

    @Test(arguments: [
        (#"\ud800"#, "?"), (#"\udc00"#, "?"), (#"\ude00\ud83d"#, "??"), (#"\ud83d\ud83d"#, "??"),
        (#"\ud83dx"#, "?x"), (#"\ud83d\n"#, "?\n"), (#"\ud83d\u0041"#, "?A"),
        (#"\udbff\ue000"#, "?\u{E000}"), (#"\ud83d\ud83d\ude00"#, "?😀"),
        (#"\uD83D\\ude00"#, #"?\ude00"#),
    ])
    func `half of a surrogate pair is refused, or replaced where that is asked for`(
        _ escape: String, _ replaced: String
    ) throws {
        #expect(throws: JSONError.invalidEscape(at: 2)) { try read("[\"\(escape)\"]") }
        let text = replaced.replacing("?", with: "\u{FFFD}")
        #expect(try readLeniently("[\"\(escape)\"]").elements.map(\.string) == [text])
        let object = try readLeniently("{\"\(escape)\":1}")
        #expect(object[text]?.integer == 1)
        #expect(object.members.map(\.key) == [text])
    }

    @Test func `replacing halves of pairs excuses nothing else`() {
        for escape in [#"\ud83d\u00g0"#, #"\ud83d\ud8"#, #"\ud83d\ud8g0"#, #"\ud83d\u"#] {
            #expect(throws: JSONError.invalidEscape(at: 8)) {
                try readLeniently("[\"\(escape)\"]")
            }
        }
        #expect(throws: JSONError.invalidEscape(at: 2)) { try readLeniently(#"["\ud83"]"#) }
        // As bytes it is no UTF-8.
        #expect(throws: JSONError.invalidUTF8(at: 1)) {
            try JSONDocument(
                [0x22, 0xED, 0xA0, 0x80, 0x22], limits: .init(replacesLoneSurrogates: true))
        }
        #expect(throws: JSONError.duplicateKey(at: 12)) {
            try readLeniently(#"{"\ud800":1,"\udfff":2}"#)
        }
    }

    @Test(
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF],
            [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE2, 0x82],
            [0xE2, 0x82, 0x41],
            [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80],
            [0xFE], [0xFF],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused`(_ sequence: [UInt8]) {
        #expect(throws: JSONError.invalidUTF8(at: 1)) {
            try JSONDocument([0x22] + sequence + [0x22])
        }
        #expect(throws: JSONError.invalidUTF8(at: 1)) { try JSONDocument([0x22] + sequence) }
    }

    @Test func `the bytes accepted in strings are those that Swift takes for UTF-8`() {
        let tails: [[UInt8]] = [
            [], [0x80], [0xBF], [0x80, 0x80], [0xBF, 0xBF], [0x80, 0x80, 0x80],
        ]
        for lead in 0x80...UInt8.max {
            for second in stride(from: 0x40, through: UInt8.max, by: 1) {
                for tail in tails {
                    let sequence = [lead, second] + tail
                    let isValid = String(validating: sequence, as: UTF8.self) != nil
                    let document = try? JSONDocument([0x22] + sequence + [0x22])
                    #expect((document != nil) == (isValid && second != 0x5C), "\(sequence)")
                }
            }
        }
    }

    @Test func `escapes are resolved`() throws {
        let root = try read(#"["\"\\\/\b\f\n\r\t","\u0041\u00e9\u20AC\ud83d\uDE00","a\u0000b"]"#)
        #expect(
            root.elements.map(\.string) == ["\"\\/\u{8}\u{C}\n\r\t", "A\u{E9}€😀", "a\u{0}b"])
    }

    @Test func `a name written with escapes is the same name`() throws {
        let root = try read(#"{"phone\u005fnumber":"\u002b1"}"#)
        #expect(root["phone_number"]?.string == "+1")
        #expect(root["phone_number"]?.equals("+1") == true)
        #expect(root["phone_number"]?.equals("-1") == false)
        #expect(root.members.map(\.key) == ["phone_number"])
    }

    @Test(
        arguments: [
            ("9223372036854775807", .max), ("-9223372036854775808", .min), ("-0", 0), ("7", 7),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", nil), ("1e3", nil),
            ("99999999999999999999999999", nil), ("18446744073709551617", nil), ("\"1\"", nil),
        ] as [(String, Int64?)])
    func `integers are integer literals in range`(_ text: String, _ number: Int64?) throws {
        #expect(try read(text).integer == number)
    }

    @Test func `a NUL is neither whitespace nor text`() {
        #expect(throws: JSONError.controlCharacter(at: 1)) { try read("\"\0\"") }
        #expect(throws: JSONError.trailingBytes(at: 2)) { try read("{}\0") }
    }

    @Test func `a slice is read like an array, from its own start`() throws {
        let buffer = Array("xx[1]yy".utf8)
        #expect(try JSONDocument(buffer[2..<5]).root.elements.map(\.integer) == [1])
        #expect(throws: JSONError.trailingBytes(at: 3)) { try JSONDocument(buffer[2...]) }
    }

    @Test func `descriptions hold no content`() throws {
        let document = try JSONDocument(Array(#"{"secret":"+16505550142"}"#.utf8))
        #expect("\(document)" == "JSON of 25 bytes")
        #expect("\(document.root)" == "JSON object of 25 bytes")
        #expect(String(reflecting: document.root["secret"]) == "Optional(JSON string of 14 bytes)")
        #expect("\(JSONError.duplicateKey(at: 12))" == "JSON: duplicate key at byte 12")
    }
}

@discardableResult
private func read(_ text: String) throws(JSONError) -> JSONValue {
    try JSONDocument(Array(text.utf8)).root
}

@discardableResult
private func readLeniently(_ text: String) throws(JSONError) -> JSONValue {
    try JSONDocument(Array(text.utf8), limits: .init(replacesLoneSurrogates: true)).root
}
