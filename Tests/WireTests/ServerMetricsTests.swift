import Loop
import Metrics
import TestSupport
import Testing
import Wire

struct ServerMetricsTests {
    @Test(arguments: [
        ("127.0.0.1:1", true), ("127.255.255.254:1", true), ("[::1]:1", true),
        ("[::ffff:127.0.0.1]:1", true), ("128.0.0.1:1", false), ("12.7.0.1:1", false),
        ("0.0.0.0:1", false), ("[::]:1", false), ("[::2]:1", false), ("[fe80::1]:1", false),
        ("[::ffff:10.0.0.1]:1", false), ("[::127.0.0.1]:1", false), ("[127::1]:1", false),
    ])
    func `loopback is 127 slash 8 and colon colon 1`(_ text: String, _ isLoopback: Bool) throws {
        #expect(try #require(SocketAddress(text)).isLoopback == isLoopback)
    }

    @Test func `replies of all loops are counted together, by route and status`() async throws {
        let metrics = ServerMetrics()
        let loops = try LoopGroup(count: 2)
        var router = Router()
        router.on(.get, "/now/{id}") { _ in .now(.text("now")) }
        router.on(.get, "/later") { _ in .later { _ in .text("later", status: 599) } }
        var configuration = Server.Configuration(addresses: [try loopback()], refusals: refused)
        configuration.metrics = metrics
        let server = try await Server(configuration, router: router, on: loops.loops)
        // A connection each, so that both loops get some.
        for number in 0..<40 {
            let client = try Client(port: server.port)
            try client.send("GET /now/\(number) HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try await client.reply().status == 200)
            try client.send("GET /later HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try await client.reply().status == 599)
        }
        await server.drain(within: .seconds(5))
        loops.stop()
        var page = Exposition(prefix: "")
        metrics.write(to: &page)
        for line in [
            #"http_requests_total{method="GET",route="/now/{id}",code="200"} 40"#,
            #"http_requests_total{method="GET",route="/later",code="other"} 40"#,
            #"http_request_duration_seconds_count{method="GET",route="/now/{id}"} 40"#,
            #"http_request_duration_seconds_count{method="GET",route="/later"} 40"#,
            "http_requests_in_flight 0", #"connections{state="http"} 0"#,
            #"connections{state="closing"} 0"#, "connections_accepted_total 40",
        ] {
            #expect(page.text.contains("\n\(line)\n"), "\(line)")
        }
    }
}
