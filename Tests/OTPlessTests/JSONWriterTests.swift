import OTPless
import Testing

struct JSONWriterTests {
    @Test func `commas stand between values and nowhere else`() {
        let text = written { writer in
            writer.object {
                $0.member("a", 1)
                $0.member("b") { $0.object { $0.member("c", "d") } }
                $0.member("e") { $0.object { _ in } }
                $0.member("f") { writer in
                    writer.array {
                        $0.value(1)
                        $0.array { _ in }
                        $0.object { $0.member("g", true) }
                        $0.value("h")
                    }
                }
                $0.member("i", false)
            }
        }
        #expect(
            text == #"{"a":1,"b":{"c":"d"},"e":{},"f":[1,[],{"g":true},"h"],"i":false}"#)
    }

    @Test func `every type of value has its form`() {
        let absent: String? = nil
        let present: String? = "x"
        let text = written { writer in
            writer.object {
                $0.member("a", absent)
                $0.member("b", present)
                $0.member("c", Int64.min)
                $0.member("d", Int.max)
                $0.member("e") { $0.null() }
                $0.member("f") { $0.raw(Array("[1]".utf8)) }
                $0.member("g") { $0.value(Int64(0)) }
                $0.member("h") { $0.value(false) }
            }
        }
        #expect(
            text == #"{"a":null,"b":"x","c":-9223372036854775808,"d":9223372036854775807,"#
                + #""e":null,"f":[1],"g":0,"h":false}"#)
    }

    @Test func `a member whose body writes nothing is null`() {
        let text = written { writer in
            writer.object {
                $0.member("a") { _ in }
                $0.member("b", 1)
            }
        }
        #expect(text == #"{"a":null,"b":1}"#)
    }

    @Test(arguments: [
        ("", #""""#), ("plain", #""plain""#), ("\"\\", #""\"\\""#), ("a/b", #""a/b""#),
        ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#), ("\u{1}\u{1F}", #""\u0001\u001f""#),
        ("\u{7F}é€😀\u{2028}", "\"\u{7F}é€😀\u{2028}\""),
        ("quote \" among é", #""quote \" among é""#),
    ])
    func `only what must be escaped is escaped`(_ text: String, _ json: String) {
        #expect(written { $0.value(text) } == json)
    }

    @Test(arguments: [
        ("a/b", #""a\/b""#), ("é€", #""\u00e9\u20ac""#), ("😀", #""\ud83d\ude00""#),
        ("\n\"", #""\n\"""#), ("\u{10FFFF}", #""\udbff\udfff""#), ("plain", #""plain""#),
        ("<&'", #""<&'""#), ("\u{7F}", "\"\u{7F}\""),
    ])
    func `ASCII only is written as Meta writes it`(_ text: String, _ json: String) {
        var writer = JSONWriter(asciiOnly: true)
        writer.value(text)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == json)
    }

    @Test func `names are escaped like values`() throws {
        var writer = JSONWriter(asciiOnly: true)
        writer.object { $0.member("a\"/é", 1) }
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a\"\/\u00e9":1}"#)
        #expect(try JSONDocument(writer.bytes).root["a\"/é"]?.integer == 1)
    }

    @Test(arguments: [false, true])
    func `the reader reads back every scalar that was written`(_ asciiOnly: Bool) throws {
        for start in stride(from: UInt32(0), through: 0x10FFFF, by: 0x1000) {
            var text = ""
            let step = start < 0x3000 ? 1 : 61
            for value in stride(from: start, to: start + 0x1000, by: step) {
                if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
            }
            var writer = JSONWriter(reserving: -1, asciiOnly: asciiOnly)
            writer.array { $0.value(text) }
            #expect(!asciiOnly || writer.bytes.allSatisfy { $0 < 0x80 })
            let root = try JSONDocument(writer.bytes).root
            #expect(root.elements.allSatisfy { $0.equals(text) && $0.string == text })
        }
    }

    @Test(arguments: [0, 1, -1, 42, .max, .min] as [Int64])
    func `the reader reads back every integer`(_ number: Int64) throws {
        var writer = JSONWriter()
        writer.value(number)
        #expect(try JSONDocument(writer.bytes).root.integer == number)
    }
}

private func written(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}
