import Foundation
import TestSupport
import Testing

/// What browsers may keep, for how long, and in which coding they get it.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct AssetTests {
    private static let soon = "public, max-age=300"
    private static let good = "public, max-age=31536000, immutable"

    @Test func `parts of the page lie at the hash of their bytes, and are kept for good`()
        async throws
    {
        try await withServer { server in
            for (name, type) in [("page.js", "text/javascript"), ("page.css", "text/css")] {
                let path = try server.asset(name)
                #expect(path.contains(/^\/assets\/page\.[A-Za-z0-9_-]{16}\.[a-z]+$/))
                let reply = try server.call("GET", path)
                #expect(reply.status == 200 && reply["Cache-Control"] == Self.good)
                #expect(reply["Content-Type"] == type + "; charset=utf-8")
                #expect(reply.body == (try PageFolder.read(name)))
            }
        }
    }

    @Test func `what the client names is there, for any site`() async throws {
        try await withServer { server in
            let setup = try server.clientSetup()
            let words = setup["assets"]["words"]
            #expect(words.names == Set(PageFolder.languages))
            let files =
                ["element.js", "element.css"].map { ($0, setup["assets"][$0]) }
                + PageFolder.languages.map { ("words/\($0).json", words[$0]) }
            for (file, path) in files {
                let reply = try server.call("GET", try #require(path.text))
                #expect(reply.body == (try PageFolder.read(file)), "\(file)")
                #expect(reply["Cache-Control"] == Self.good, "\(file)")
                #expect(reply["Access-Control-Allow-Origin"] == "*", "\(file)")
                #expect(reply["Cross-Origin-Resource-Policy"] == "cross-origin", "\(file)")
            }
            for path in ["/otpless.js", "/otpless.classic.js", "/otpless.d.ts"] {
                let reply = try server.call("GET", path)
                #expect(reply["Access-Control-Allow-Origin"] == "*", "\(path)")
                #expect(reply["Cross-Origin-Resource-Policy"] == "cross-origin", "\(path)")
                #expect(reply["Cache-Control"] == Self.soon, "\(path)")
            }
        }
    }

    @Test func `a part of an earlier version leads to the one of today`() async throws {
        try await withServer { server in
            let old = try server.call("GET", "/assets/page.AAAAAAAAAAAAAAAA.js")
            #expect(old.status == 302 && old["Cache-Control"] == "no-store")
            #expect(old["Location"] == (try server.asset("page.js")))
            #expect(old["Access-Control-Allow-Origin"] == "*")
            for name in ["page.js", "nope.AAAAAAAAAAAAAAAA.js", "page.A.B.js", "page..css.js"] {
                #expect(try server.call("GET", "/assets/" + name).isError(404, "NOT_FOUND"))
            }
        }
    }

    @Test(arguments: ["br", "gzip"])
    func `a coding that the browser takes has fewer bytes, and the same content`(
        _ coding: String
    ) async throws {
        try await withServer { server in
            for path in try server.browserPaths() {
                let plain = try server.call("GET", path)
                let reply = try server.call("GET", path, headers: [("Accept-Encoding", coding)])
                #expect(plain["Content-Encoding"] == nil && reply.body.count <= plain.body.count)
                #expect(try reply.decoded() == plain.body, "\(path)")
                for reply in [plain, reply] {
                    #expect(reply["Vary"]?.hasPrefix("Accept-Encoding") == true, "\(path)")
                }
                guard plain.body.count > 500 else { continue }
                #expect(reply["Content-Encoding"] == coding, "\(path)")
                #expect(reply["ETag"] != plain["ETag"], "\(path)")
            }
        }
    }

    @Test func `browsers that ask at the same time for what is not compressed yet get the same`()
        async throws
    {
        try await withServer { server in
            let path = try server.asset("page.js")
            let request = HTTPRequest(
                method: "GET", path: path, headers: [("Accept-Encoding", "br")])
            let sockets = try (0..<20).map { _ in try TCPSocket(port: server.port) }
            for socket in sockets { try socket.send(request.bytes) }
            let replies = try sockets.map { try $0.takeReply() }
            #expect(Set(replies.map(\.body)).count == 1)
            #expect(replies.allSatisfy { $0["Content-Encoding"] == "br" })
            #expect(try replies[0].decoded() == (try PageFolder.read("page.js")))
        }
    }

    @Test(arguments: ["identity", "br", "gzip"])
    func `who has the bytes is told so, and nothing else`(_ coding: String) async throws {
        try await withServer { server in
            for path in try server.browserPaths() {
                let encoding = [("Accept-Encoding", coding)]
                let full = try server.call("GET", path, headers: encoding)
                let tag = try #require(full["ETag"])
                #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""), "strong: \(tag)")
                for condition in [tag, "W/" + tag, "\"x\", " + tag, "*"] {
                    let socket = try TCPSocket(port: server.port)
                    let headers =
                        encoding + [("If-None-Match", condition), ("Connection", "close")]
                    let request = HTTPRequest(method: "GET", path: path, headers: headers)
                    try socket.send(request.bytes)
                    let reply = try socket.takeReply()
                    #expect(reply.status == 304, "\(path) \(condition)")
                    #expect(try socket.takeAll().isEmpty, "\(path): a 304 has a body")
                    for name in ["ETag", "Cache-Control", "Vary", "Access-Control-Allow-Origin"] {
                        #expect(reply[name] == full[name], "\(path): \(name)")
                    }
                    #expect(reply["Content-Length"] == nil && reply["Content-Type"] == nil)
                    #expect(reply["Content-Encoding"] == nil)
                }
                let other = encoding + [("If-None-Match", "\"x\"")]
                #expect(try server.call("GET", path, headers: other).body == full.body)
            }
        }
    }
}

extension LiveServer {
    /// Where a part of the page lies today.
    func asset(_ name: String) throws -> String {
        let parts = name.split(separator: ".")
        let page = try call("GET", "/").text
        let pattern = try Regex("/assets/\(parts[0])\\.[A-Za-z0-9_-]+\\.\(parts[1])(?=\")")
        guard let match = page.firstMatch(of: pattern) else { throw Fault("no \(name) in \(page)") }
        return String(page[match.range])
    }

    /// What stands in the client's source.
    func clientSetup(_ path: String = "/otpless.js") throws -> JSON {
        let source = try PageFolder.text("otpless.js").components(separatedBy: "\"@setup@\"")
        let script = try call("GET", path).text
        guard let start = script.firstRange(of: "{\"appName\"")?.lowerBound,
            let end = script[start...].firstRange(of: source[1].prefix(8))?.lowerBound
        else { throw Fault("no setup in \(script)") }
        return try JSON(Array(script[start..<end].utf8))
    }

    /// One of each kind.
    func browserPaths() throws -> [String] {
        ["/", "/otpless.js", "/otpless.classic.js", "/otpless.d.ts", try asset("page.js")]
    }
}
