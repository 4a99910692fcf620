import Foundation
import OTPless
import TestSupport
import Testing

/// `/openapi.json` and `/docs` as they are served.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct DocsPageTests {
    @Test func `the description is plain JSON that any page may read and a browser asks for again`()
        async throws
    {
        try await withServer { server in
            let reply = try server.call("GET", "/openapi.json")
            #expect(reply.status == 200 && reply["Content-Type"] == "application/json")
            #expect(reply["Access-Control-Allow-Origin"] == "*")
            #expect(reply["Cache-Control"] == "no-cache")
            let tag = try #require(reply["ETag"])
            for path in ["/openapi.json", "/docs"] {
                let known = try server.call("GET", path)["ETag"] ?? ""
                let again = try server.call("GET", path, headers: [("If-None-Match", known)])
                #expect(again.status == 304 && again["ETag"] == known)
            }
            let other = try server.call("GET", "/docs", headers: [("If-None-Match", tag)])
            #expect(other.status == 200)
        }
    }

    @Test func `the page has each operation, each field and each code to link to, once`()
        async throws
    {
        try await withServer { server in
            let description = try APIDescription(server)
            let page = try server.call("GET", "/docs").text
            let ids = page.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
            #expect(Set(ids).count == ids.count)
            let operations = description.operations.compactMap { $0.value["operationId"].text }
            #expect(Set(ids).isSuperset(of: operations))
            #expect(Set(ids).isSuperset(of: Failure.Code.allCases.map(\.rawValue)))
            for link in page.matches(of: /href="#([^"]+)"/) {
                #expect(ids.contains(String(link.1)), "\(link.1)")
            }
            for operation in description.operations {
                let path = operation.name.split(separator: " ")[1].replacing("/", with: "/<wbr>")
                #expect(page.contains("</span> \(path)</code>"), "\(operation.name)")
            }
            let fields = description.request("POST /api/auth/initiate")["properties"].names
            #expect(fields.count == 8)
            for field in fields { #expect(page.contains("<dt><code>\(field)</code>")) }
            for event in ["auth_success", "auth_denied", "hello", "ack"] {
                #expect(page.contains("<summary><code>\(event)</code>"))
            }
        }
    }

    @Test func `the page is HTML without a script, and what is put into it is text`() async throws {
        let name = #"<b>"Ada" & Co"#
        try await withServer(["OTPLESS_APP_NAME": name]) { server in
            let reply = try server.call("GET", "/docs")
            #expect(reply["Content-Type"] == "text/html; charset=utf-8")
            #expect(reply["Content-Security-Policy"]?.hasPrefix("default-src 'none';") == true)
            let title = "<title>&lt;b&gt;&quot;Ada&quot; &amp; Co login API</title>"
            #expect(reply.text.contains(title))
            #expect(!reply.text.contains("<b>\"Ada") && !reply.text.contains("<script"))
            #expect(!reply.text.contains(" style="))
            // Nothing is left of the marks of CommonMark.
            let prose = reply.text.replacing(/<pre>.*?<\/pre>/.dotMatchesNewlines(), with: "")
            #expect(!prose.contains("`") && !prose.contains("]("))
            let style = try #require(reply.text.firstMatch(of: /href="(\/assets\/docs[^"]+)"/))
            #expect(
                try server.call("GET", String(style.1))["Content-Type"]?.hasPrefix("text/css")
                    == true)
        }
    }
}
