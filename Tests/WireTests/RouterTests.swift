import TestSupport
import Testing
import Wire

/// The router as clients see it, over loopback.
struct RouterTests {
    private func routes(_ router: inout Router) {
        router.on(.get, "/devices/{id}") { request in
            .now(.text(request.parameters.map { "\($0.name)=\($0.value)" }.joined()))
        }
        router.on(.delete, "/devices/{id}") { _ in .now(.text("deleted")) }
        router.on(.get, "/devices/mine") { _ in .now(.text("literal")) }
        router.on(.get, "/a/{x}/b/{y}") { request in
            .now(.text(request.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: " ")))
        }
        router.on(.post, "/small", bodyLimit: 4) { .now(.text("\($0.body.count)")) }
        router.on(.post, "/large", bodyLimit: 100_000) { .now(.text("\($0.body.count)")) }
        router.on(.post, "/default") { .now(.text("\($0.body.count)")) }
    }

    @Test(arguments: [
        ("GET", "/devices/mine", "literal"), ("GET", "/devices/7", "id=7"),
        ("GET", "/devices/7?x=/y", "id=7"), ("DELETE", "/devices/7", "deleted"),
        ("GET", "/devices/%2e%2e", "id=%2e%2e"), ("GET", "/a/1/b/2", "x=1 y=2"),
    ])
    func `a path finds its route, literal ones first`(
        method: String, path: String, answer: String
    ) async throws {
        try await withServer(routes: routes) { server in
            let reply = try await Client(port: server.port).ask(method, path)
            #expect(reply.status == 200 && reply.text == answer)
        }
    }

    @Test(arguments: [
        "/", "/devices", "/devices/", "/devices/7/", "/devices/7/x", "//devices/7", "/Devices/7",
        "/a//b/2", "/a/1/b/", "/smal%6C",
    ])
    func `a path without a route is not found`(path: String) async throws {
        try await withServer(routes: routes) { server in
            let reply = try await Client(port: server.port).ask("GET", path)
            #expect(reply.status == 404 && reply.text == "refused 404")
            #expect(reply.headers["allow"] == nil)
        }
    }

    @Test(arguments: [
        ("POST", "/devices/7", "DELETE, GET, HEAD"), ("DELETE", "/devices/mine", "GET, HEAD"),
        ("get", "/devices/7", "DELETE, GET, HEAD"), ("GET", "/small", "POST"),
        ("HEAD", "/small", "POST"), ("OPTIONS", "/small", "POST"), ("BREW", "/small", "POST"),
    ])
    func `another method is told which ones there are`(
        method: String, path: String, allow: String
    ) async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let reply = try await client.ask(method, path)
            #expect(reply.status == 405 && reply.headers["allow"] == allow)
            #expect(try await client.ask("GET", "/devices/1").status == 200, "kept alive")
        }
    }

    @Test func `OPTIONS of the server as a whole tells what there is`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let bytes = "OPTIONS * HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            try client.send(bytes)
            let received = String(decoding: try await client.rest(), as: UTF8.self)
            #expect(received.hasPrefix("HTTP/1.1 204 "))
            #expect(received.contains("\r\nAllow: DELETE, GET, HEAD, OPTIONS, POST\r\n"))
            #expect(received.hasSuffix("\r\n\r\n") && !received.contains("Content-Length"))
        }
    }

    @Test func `HEAD is answered as GET, without the body`() async throws {
        try await withServer(routes: routes) { server in
            let client = try Client(port: server.port)
            let head = try await client.ask("HEAD", "/devices/77")
            let get = try await client.ask("GET", "/devices/77")
            #expect(head.status == 200 && head.headers["content-length"] == "5")
            #expect(get.text == "id=77")
        }
    }

    @Test(arguments: [
        ("/small", 4, 200), ("/small", 5, 413), ("/large", 100_000, 200), ("/large", 100_001, 413),
        ("/default", 65536, 200), ("/default", 65537, 413), ("/nowhere", 65537, 413),
    ])
    func `each route has its own limit of the body`(
        path: String, count: Int, status: Int
    ) async throws {
        try await withServer(routes: routes) { server in
            let body = String(repeating: "x", count: count)
            let client = try Client(port: server.port)
            let reply = try await client.ask("POST", path, body: body)
            #expect(reply.status == status)
            #expect(reply.text == (status == 200 ? "\(count)" : "refused 413"))
            #expect(reply.headers["connection"] == (status == 200 ? nil : "close"))
        }
    }

    @Test func `a route cannot be taken twice`() async {
        await #expect(processExitsWith: .failure) {
            var router = Router()
            router.on(.get, "/a") { _ in .now(Response(status: 200)) }
            router.on(.get, "/a") { _ in .now(Response(status: 200)) }
        }
    }
}
