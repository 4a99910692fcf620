import Oracles
import Testing
import Wire

struct RequestTests {
    @Test(arguments: [
        ("/", "/", nil), ("/a/b", "/a/b", nil), ("/a?", "/a", ""), ("/a?b=c?d", "/a", "b=c?d"),
        ("/a%2Fb", "/a%2Fb", nil), ("//a", "//a", nil), ("*", "*", nil),
        ("http://h.example", "/", nil), ("http://h.example/", "/", nil),
        ("https://h.example:1/a?b", "/a", "b"), ("HTTP://h.example?b", "/", "b"),
        ("/a?u=http://x/y", "/a", "u=http://x/y"),
    ])
    func `the target falls into path and query`(
        target: String, path: String, query: String?
    ) throws {
        let host = target.contains(":1") ? "h.example:1" : "h.example"
        let outcome = everyWay("OPTIONS \(target) HTTP/1.1\r\nHost: \(host)\r\n\r\n")
        let request = try #require(outcome.requests.first).request
        #expect(request.target == target)
        #expect(request.path == path && Array(request.pathBytes) == Array(path.utf8))
        #expect(request.query == query)
    }

    @Test(arguments: [
        ("sessionId=abc", "abc"), ("x=1&sessionId=a+b%20c", "a b c"), ("sessionId", ""),
        ("sessionId=", ""), ("sessionId=a&sessionId=b", "a"), ("%73essionId=a", "a"),
        ("sessionId=a=b", "a=b"), ("sessionId=%C3%A9", "\u{E9}"), ("&&sessionId=a&", "a"),
        ("", nil), ("x=sessionId", nil), ("SessionId=a", nil), ("sessionIds=a", nil),
        ("sessionId=%", nil), ("sessionId=%4", nil), ("sessionId=%zz", nil),
        ("sessionId=%+1", nil), ("sessionId=%C3", nil), ("sessionId=%C0%AF", nil),
        ("sessionId=%&sessionId=a", nil), ("%=b&sessionId=a", "a"),
    ])
    func `a query item is decoded strictly`(query: String, value: String?) {
        #expect(Request(target: "/?\(query)").queryItem("sessionId") == value)
    }

    @Test func `a target without a query has no item`() {
        #expect(Request(target: "/a").queryItem("a") == nil)
        #expect(Request(target: "/a").query == nil)
    }

    @Test func `a request made by hand has what it was given`() {
        let request = Request(
            method: .post, target: "/a?b=c", headers: [("X-A", "1"), ("x-b", "2")], body: [1, 2])
        #expect(request.method == .post && request.path == "/a" && request.queryItem("b") == "c")
        #expect(request.headers["x-a"] == "1" && request.headers["X-B"] == "2")
        #expect(request.body == [1, 2] && request.keepAlive && request.minorVersion == 1)
    }

    @Test func `methods keep their names and their case`() {
        let names = "GET HEAD POST PUT DELETE OPTIONS PATCH TRACE CONNECT".split(separator: " ")
        for name in names.map(String.init) {
            #expect(Method(name).text == name && Method(name) != .other(name))
        }
        #expect(Method("get") == .other("get") && Method("PURGE").description == "PURGE")
    }
}
