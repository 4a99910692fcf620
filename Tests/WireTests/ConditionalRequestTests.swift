import Testing
import Wire

/// RFC 9110 §13.1.2.
struct ConditionalRequestTests {
    private let tag = "\"abc\""

    @Test(arguments: [
        "\"abc\"", "W/\"abc\"", "*", "\"x\", \"abc\"", "\"x\",W/\"abc\"", "\"a,b\", \"abc\"",
        "\"abc\", *", ", \"abc\",", "\"x\"\"abc\"",
    ])
    func `a client that has the bytes is known by their tag`(field: String) {
        #expect(Request(headers: [("If-None-Match", field)]).alreadyHas(tag))
    }

    @Test(arguments: [
        "", "abc", "\"abcd\"", "\"ABC\"", "\"ab\"", "\"a\", \"b\"", "\"x, \"abc\"", "\"abc",
        "\"x\", *", "*, \"x\"", "\" abc\"", "'abc'", "\"*\"",
    ])
    func `another tag, or what is none, is not its`(field: String) {
        #expect(!Request(headers: [("If-None-Match", field)]).alreadyHas(tag))
    }

    @Test func `without the field the client has nothing`() {
        #expect(!Request(headers: [("If-Match", "\"abc\"")]).alreadyHas(tag))
    }

    @Test func `lines of the field are one list`() {
        let lines = [("If-None-Match", "\"x\""), ("if-none-match", "\"abc\"")]
        #expect(Request(headers: lines).alreadyHas(tag))
    }
}
