import OTPless
import TestSupport
import Testing

/// Texts made to be understood in two ways, to exhaust the reader, or to make it trap.
struct JSONReaderAttackTests {
    @Test(arguments: [
        (#"{"a":1,"a":2}"#, 7), (#"{"a":1,"b":{"a":1},"a":2}"#, 19), (#"{"":1,"":2}"#, 6),
        (#"{"a":1,"\u0061":2}"#, 7), (#"{"\u0061":1,"a":2}"#, 12), (#"[{"x":{"a":1,"a":1}}]"#, 13),
        (#"{"\/":1,"/":2}"#, 8),
    ])
    func `a name given twice is refused`(_ text: String, _ offset: Int) {
        #expect(throws: JSONError.duplicateKey(at: offset)) { try read(text) }
    }

    @Test(arguments: [2, 15, 16, 17, 500])
    func `a repeated name is found in objects of every size`(_ count: Int) throws {
        let names = (1..<count).map { "\"name\($0)\":[{}]" }
        for extra in [#""name1":0"#, #""\u006eame1":0"#, "\"name\(count - 1)\":0"] {
            let start = names.joined(separator: ",").utf8.count + 2
            let text = "{" + (names + [extra]).joined(separator: ",") + "}"
            #expect(throws: JSONError.duplicateKey(at: start)) { try read(text) }
        }
        let text = "{" + (names + [#""name":0"#]).joined(separator: ",") + "}"
        #expect(Array(try read(text).members.map(\.key)).count == count)
    }

    @Test func `names that only look alike are different names`() throws {
        let root = try read("{\"\u{E9}\":1,\"e\u{301}\":2,\"E\u{301}\":3,\"\\u0065\\u0301x\":4}")
        #expect(root["\u{E9}"]?.integer == 1)
        #expect(root["e\u{301}"]?.integer == 2)
        let many = (0..<20).map { "\"\($0)\":0," }.joined()
        #expect(try read("{\(many)\"\u{E9}\":1,\"e\u{301}\":2}")["e\u{301}"]?.integer == 2)
    }

    @Test func `an object of many names takes linear time`() throws {
        let members = (0..<20_000).map { "\"\($0)\":0" }.joined(separator: ",")
        #expect(try read("{\(members)}")["19999"]?.integer == 0)
    }

    @Test func `nesting is bounded`() throws {
        _ = try read(nested(32))
        #expect(throws: JSONError.tooDeep(at: 32)) { try read(nested(33)) }
        let brackets = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
        #expect(throws: JSONError.tooDeep(at: 32)) { try JSONDocument(brackets) }
        let objects = String(repeating: "{\"a\":", count: 33)
        #expect(throws: JSONError.tooDeep(at: 160)) { try read(objects) }
        #expect(throws: JSONError.tooDeep(at: 0)) {
            try JSONDocument(Array("[]".utf8), limits: .init(maxDepth: 0))
        }
    }

    @Test func `a deep limit does not exhaust the stack`() throws {
        let text = Array(nested(200_000).utf8)
        let limits = JSONDocument.Limits(maxDepth: 200_000)
        #expect(try JSONDocument(text, limits: limits).root.kind == .array)
    }

    @Test func `the number of values and names is bounded`() throws {
        let text = Array(#"{"a":[1]}"#.utf8)
        _ = try JSONDocument(text, limits: .init(maxNodes: 4))
        #expect(throws: JSONError.tooManyNodes(at: 6)) {
            try JSONDocument(text, limits: .init(maxNodes: 3))
        }
        #expect(throws: JSONError.tooManyNodes(at: 0)) {
            try JSONDocument(text, limits: .init(maxNodes: -1))
        }
    }

    @Test func `a text cut off anywhere is refused`() throws {
        let text = Array(sample.utf8)
        _ = try JSONDocument(text)
        // The last byte is whitespace.
        for end in 0..<text.count - 1 {
            #expect(throws: JSONError.self) { try JSONDocument(text[..<end]) }
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no mutation makes the reader trap, and what it accepts can be written again`(
        _ seed: UInt64
    ) throws {
        var random = SeededNumbers(seed)
        for _ in 0..<400 {
            var bytes = Array(sample.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
            guard let document = try? JSONDocument(bytes) else { continue }
            var writer = JSONWriter(asciiOnly: Bool.random(using: &random))
            copy(document.root, to: &writer)
            let again = try JSONDocument(writer.bytes)
            #expect(outline(again.root) == outline(document.root))
        }
    }
}

private let sample =
    #"{"a":[1,-0.5e+3,true,false,null,""],"b\u00e9\ud83d\ude00\n":"€😀\"\\","c":{"d":[[],{}]}} "#

private func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
}

@discardableResult
private func read(_ text: String) throws(JSONError) -> JSONValue {
    try JSONDocument(Array(text.utf8)).root
}

private func mutate(_ bytes: inout [UInt8], _ random: inout SeededNumbers) {
    let telling = Array("{}[]\",:\\u0e-+.dD89 \n".utf8) + [0x00, 0x80, 0xC2, 0xED, 0xF4, 0xFF]
    let at = Int.random(in: 0...bytes.count, using: &random)
    let end = min(bytes.count, at + Int.random(in: 0...6, using: &random))
    switch Int.random(in: 0..<5, using: &random) {
    case 0: bytes.insert(telling.randomElement(using: &random) ?? 0, at: at)
    case 1: bytes.replaceSubrange(at..<end, with: [])
    case 2: bytes.insert(contentsOf: bytes[at..<end], at: at)
    case 3: bytes.replaceSubrange(at..<end, with: bytes[at..<end].reversed())
    default: if at < bytes.count { bytes[at] = UInt8.random(in: 0...255, using: &random) }
    }
}

private func copy(_ value: JSONValue, to writer: inout JSONWriter) {
    switch value.kind {
    case .array: writer.array { for element in value.elements { copy(element, to: &$0) } }
    case .string: writer.value(value.string ?? "")
    case .bool: writer.value(value.bool ?? false)
    case .null: writer.null()
    // Names are static in a writer, so objects are copied as they are.
    case .number, .object: writer.raw(value.bytes)
    }
}

/// The value as the reader sees it, written without JSON.
private func outline(_ value: JSONValue) -> [String] {
    let members = value.members.flatMap { [$0.key] + outline($0.value) }
    let text = value.string ?? value.integer.map { "\($0)" } ?? value.bool.map { "\($0)" }
    return ["\(value.kind)", text ?? ""] + value.elements.flatMap(outline) + members
}
