import Glibc
import Loop
import Synchronization
import TestSupport
import Testing
import Wire

/// What a drain leaves and what it ends.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct ServerDrainTests {
    private static let limit = Duration.seconds(4)

    /// A connection that has had its request: it is ended when a drain begins.
    private static func idle(_ server: Server) async throws -> Client {
        let client = try Client(port: server.port)
        _ = try await client.ask("GET", "/none")
        return client
    }

    /// A route that holds up its loop.
    private static func addHold(_ router: inout Router, entered: Gate, until hold: Hold) {
        router.on(.get, "/hold") { _ in
            entered.open()
            hold.wait()
            return .now(.text("held"))
        }
    }

    /// A route whose handler says that it is at work and waits for the gate.
    private static func addGate(
        _ router: inout Router, entered: Gate, gate: Gate,
        _ response: @escaping @Sendable () -> Response
    ) {
        router.on(.get, "/gate") { _ in
            .later { _ in
                entered.open()
                await gate.wait()
                return response()
            }
        }
    }

    @Test func `a drain ends idle connections and finishes requests in flight`() async throws {
        let (entered, gate) = (Gate(), Gate())
        try await withServer { router in
            Self.addGate(&router, entered: entered, gate: gate) { .text("finished") }
        } _: { server in
            let (idle, busy) = (try await Self.idle(server), try Client(port: server.port))
            try busy.request("GET", "/gate")
            await entered.wait()
            async let drained: Void = server.drain(within: Self.limit)
            #expect(try await idle.rest().isEmpty)
            #expect(throws: Fault.self) { try Client(port: server.port) }
            gate.open()
            let reply = try await busy.reply()
            #expect(
                reply.text == "finished" && reply.headers["connection"] == "close", "\(reply)")
            #expect(try await busy.rest().isEmpty)
            busy.finishSending()
            await drained
        }
    }

    @Test func `a request that has begun is finished by a drain`() async throws {
        try await withServer(times: .with(\.drain, .seconds(60))) {
            $0.on(.get, "/") { _ in .now(.text("finished")) }
        } _: { server in
            let (idle, begun) = (try Client(port: server.port), try Client(port: server.port))
            try begun.send("GET / HTTP/1.1\r\nHo")
            // A round trip on the same loop: the first bytes have been read by now.
            for _ in 0..<2 { _ = try await idle.ask("GET", "/") }
            async let drained: Void = server.drain(within: Self.limit)
            #expect(try await idle.rest().isEmpty)
            try begun.send("st: a\r\n\r\n")
            let reply = try await begun.reply()
            #expect(
                reply.text == "finished" && reply.headers["connection"] == "close", "\(reply)")
            begun.finishSending()
            await drained
        }
    }

    @Test func `a request that is only half here does not hold up a drain`() async throws {
        try await withServer(times: .with(\.drain)) {
            $0.on(.get, "/") { _ in .now(.text("ok")) }
        } _: { server in
            let (idle, begun) = (try Client(port: server.port), try Client(port: server.port))
            try begun.send("GET / HTTP/1.1\r\nHo")
            for _ in 0..<2 { _ = try await idle.ask("GET", "/") }
            async let drained: Void = server.drain(within: .seconds(30))
            #expect(try await begun.reply().status == 408)
            begun.finishSending()
            await drained
        }
    }

    @Test func `whoever has just connected may still send its first request in a drain`()
        async throws
    {
        try await withServer(times: .with(\.drain, .seconds(60))) {
            $0.on(.get, "/") { _ in .now(.text("finished")) }
        } _: { server in
            let (idle, new) = (try await Self.idle(server), try Client(port: server.port))
            async let drained: Void = server.drain(within: Self.limit)
            #expect(try await idle.rest().isEmpty)
            try new.request("GET", "/")
            let reply = try await new.reply()
            #expect(
                reply.text == "finished" && reply.headers["connection"] == "close", "\(reply)")
            new.finishSending()
            await drained
        }
    }

    @Test func `whoever connects and says nothing does not hold up a drain`() async throws {
        try await withServer(times: .with(\.drain)) { _ in
        } _: { server in
            let (silent, begun) = (try Client(port: server.port), try Client(port: server.port))
            _ = try await Self.idle(server)
            async let drained: Void = server.drain(within: .seconds(30))
            #expect(try await silent.rest().isEmpty)
            #expect(try await begun.rest().isEmpty)
            await drained
        }
    }

    @Test func `whoever waits to be accepted when a drain begins gets a reply`() async throws {
        let (entered, hold) = (Gate(), Hold())
        try await withServer {
            $0.on(.get, "/") { _ in .now(.text("finished")) }
            Self.addHold(&$0, entered: entered, until: hold)
        } _: { server in
            let (kept, holder) = (try await Self.idle(server), try Client(port: server.port))
            try holder.request("GET", "/hold")
            await entered.wait()
            // More than a loop accepts at a time.
            let waiting = try (0..<200).map { _ in try Client(port: server.port) }
            for client in waiting + [kept] { try client.request("GET", "/") }
            async let drained: Void = server.drain(within: .seconds(30))
            // The drain is the next thing that the loop hears of; if not, this proves less.
            for _ in 0..<1000 { await Task.yield() }
            hold.end()
            for client in waiting + [kept, holder] {
                let reply = try await client.reply()
                #expect(reply.status == 200, "\(reply)")
                client.finishSending()
            }
            await drained
        }
    }

    @Test func `a second drain takes nobody from a server that listens since the first`()
        async throws
    {
        let loops = try LoopGroup(count: 1)
        defer { loops.stop() }
        try await withServer { _ in
        } _: { drained in
            await drained.drain(within: Self.limit)
            // Its descriptor is the next one to be had, unless another test is quicker.
            let (entered, hold) = (Gate(), Hold())
            var router = Router()
            router.on(.get, "/") { _ in .now(.text("mine")) }
            Self.addHold(&router, entered: entered, until: hold)
            let configuration = Server.Configuration(
                addresses: [try loopback()], refusals: refused)
            let server = try await Server(configuration, router: router, on: loops.loops)
            let holder = try Client(port: server.port)
            try holder.request("GET", "/hold")
            await entered.wait()
            let client = try Client(port: server.port)
            try client.request("GET", "/")
            await drained.drain(within: Self.limit)
            hold.end()
            let reply = try await client.reply()
            #expect(reply.text == "mine", "\(reply)")
            for client in [client, holder] { client.finishSending() }
            await server.drain(within: Self.limit)
        }
    }

    @Test func `a drain closes WebSockets with 1001`() async throws {
        let closed = Gate()
        try await withServer {
            $0.onEcho { closed.open() }
        } _: { server in
            let client = try Client(port: server.port)
            _ = try await client.upgrade()
            async let drained: Void = server.drain(within: Self.limit)
            #expect(try await client.frame() == .close(1001))
            try client.send(.close(code: 1001))
            #expect(try await client.rest().isEmpty)
            client.finishSending()
            await drained
            await closed.wait()
        }
    }

    @Test func `an upgrade that a drain overtakes is not left open`() async throws {
        let (entered, gate) = (Gate(), Gate())
        try await withServer { router in
            Self.addGate(&router, entered: entered, gate: gate) { .echo() }
        } _: { server in
            let (idle, client) = (try await Self.idle(server), try Client(port: server.port))
            try client.sendUpgrade("/gate")
            await entered.wait()
            async let drained: Void = server.drain(within: .milliseconds(500))
            #expect(try await idle.rest().isEmpty)
            gate.open()
            let reply = try await client.reply()
            if reply.status == 101 {
                #expect(try await client.frame() == .close(1001))
            } else {
                #expect(reply.status == 503)
            }
            await drained
        }
    }

    @Test func `a drain ends a slow reader with its reply`() async throws {
        let size = 16 << 20
        try await withServer {
            $0.on(.get, "/big") { _ in
                .now(Response(status: 200, body: [UInt8](repeating: 7, count: size)))
            }
        } _: { server in
            let idle = try await Self.idle(server)
            let slow = try Client(port: server.port, receiveBuffer: 65_536)
            try slow.request("GET", "/big")
            _ = try await slow.take(1)
            async let drained: Void = server.drain(within: Self.limit)
            #expect(try await idle.rest().isEmpty)
            #expect(try await slow.rest().count > size, "the whole reply, and then the end")
            slow.finishSending()
            await drained
        }
    }

    @Test func `a drain gives up when its time is over`() async throws {
        let (entered, gate) = (Gate(), Gate())
        try await withServer { router in
            Self.addGate(&router, entered: entered, gate: gate) { .text("late") }
        } _: { server in
            let client = try Client(port: server.port)
            try client.request("GET", "/gate")
            await entered.wait()
            await server.drain(within: .milliseconds(30))
            gate.open()
            #expect(try await client.reply().text == "late")
        }
    }
}

/// Lets a thread wait.
private final class Hold: Sendable {
    private let hasEnded = Atomic(false)

    func end() { hasEnded.store(true, ordering: .releasing) }

    func wait() {
        while !hasEnded.load(ordering: .acquiring) { usleep(1000) }
    }
}
