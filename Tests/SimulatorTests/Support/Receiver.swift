import Loop
import OTPless
import TestSupport
import Wire

/// The business's server: takes webhooks and keeps them in the order in which they came.
final class Receiver: Sendable {
    /// One POST.
    struct Delivery: Sendable {
        let signature: String
        let body: [UInt8]
    }

    private let server: Server
    private let arrivals: AsyncStream<Delivery>
    private let received: Locked<Int>

    var url: String { "http://127.0.0.1:\(server.addresses[0].port)/webhook" }

    /// How many have come so far.
    var count: Int { received.withLock { $0 } }

    /// The first deliveries are answered with these statuses, all others with 200.
    init(refusing refusals: [Int] = [], on loops: [EventLoop]) async throws {
        let (arrivals, arrival) = AsyncStream<Delivery>.makeStream()
        let received = Locked(0)
        var router = Router()
        router.on(.post, "/webhook", bodyLimit: 8 << 20) { request in
            let count = received.withLock { count in
                count += 1
                return count
            }
            let signature = request.headers["x-hub-signature-256"] ?? ""
            arrival.yield(Delivery(signature: signature, body: request.body))
            return .now(Response(status: count <= refusals.count ? refusals[count - 1] : 200))
        }
        server = try await Server(.loopback, router: router, on: loops)
        self.arrivals = arrivals
        self.received = received
    }

    func stop() async { await server.drain(within: .zero) }

    /// Waits for the next deliveries.
    func take(_ count: Int) async throws -> [JSONValue] {
        try await takeRaw(count).map { try JSONDocument($0.body).root }
    }

    /// Waits for the next deliveries as they came.
    func takeRaw(_ count: Int) async -> [Delivery] {
        var taken: [Delivery] = []
        for await delivery in arrivals.prefix(count) { taken.append(delivery) }
        return taken
    }

    /// Waits for the next delivery and returns its one message.
    func message() async throws -> JSONValue? { try await take(1).first?.updates("messages").first }

    /// Waits for the next deliveries and returns the statuses in them.
    func statuses(_ count: Int) async throws -> [JSONValue] {
        try await take(count).flatMap { $0.updates("statuses") }
    }
}

extension Server.Configuration {
    /// A port that the system chooses.
    static var loopback: Server.Configuration {
        get throws {
            guard let address = SocketAddress("127.0.0.1:0") else { throw Fault("no address") }
            return Server.Configuration(addresses: [address]) { Response(status: $0) }
        }
    }
}

extension JSONValue {
    /// A member of a member, or the first element of a list, and so on.
    func at(_ path: String...) -> JSONValue? {
        path.reduce(self) { value, name in
            value?[name] ?? value?.elements.first { _ in true }?[name]
        }
    }

    /// The `messages` or `statuses` of a delivery, in all its entries and changes.
    func updates(_ kind: String) -> [JSONValue] {
        values.flatMap { Array(($0[kind] ?? $0).elements) }
    }

    /// The values of all changes of a delivery.
    var values: [JSONValue] {
        (self["entry"] ?? self).elements.flatMap { entry in
            (entry["changes"] ?? entry).elements.compactMap { $0["value"] }
        }
    }
}
