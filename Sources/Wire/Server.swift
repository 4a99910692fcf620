public import Loop

/// An HTTP and WebSocket server on a group of loops: each loop accepts and serves on its own.
public final class Server: Sendable {
    /// Answers what does not reach a route, by HTTP status: the product's error envelope.
    public typealias Refusals = @Sendable (_ status: Int) -> Response

    /// How a server listens and what it bears.
    public struct Configuration: Sendable {
        /// The addresses to listen on; port 0 lets the system choose.
        public var addresses: [SocketAddress]

        /// The certificate with which all addresses speak TLS; nil: they speak plain HTTP.
        public var tls: TLSContext?

        /// The limits of connections and requests.
        public var times = TimeLimits()

        /// The size limits of requests.
        public var http = HTTPLimits()

        /// How many connections are borne at the same time.
        public var connections = ConnectionLimits()

        /// How many bytes a slow WebSocket peer may leave unsent before it is cut off.
        public var webSocketBacklog = 1 << 20

        /// Where it is counted what the server does.
        public var metrics = ServerMetrics()

        /// Which pages of other origins may call what; nil: none.
        public var crossOrigin: CrossOrigin?

        /// The bodies of the errors made below the router.
        public var refusals: Refusals

        /// A configuration with default limits.
        public init(addresses: [SocketAddress], refusals: @escaping Refusals) {
            self.addresses = addresses
            self.refusals = refusals
        }
    }

    /// The addresses listened on, with the ports the system chose.
    public let addresses: [SocketAddress]

    private let workers: [Worker]
    private let admission: Admission

    /// How many connections there are, all loops together.
    public var connectionCount: Int { admission.taken }

    /// A loop and the `Service` that it keeps for this server.
    private struct Worker {
        let loop: EventLoop
        let service: SourceID
    }

    /// Listens on every address with every loop.
    ///
    /// - Throws: `ListenError` when an address is taken or not to be had.
    public init(
        _ configuration: Configuration, router: Router, on loops: [EventLoop]
    ) async throws(ListenError) {
        var addresses = configuration.addresses
        var workers: [Worker] = []
        let admission = Admission(configuration.connections)
        for loop in loops {
            let service = try await Self.listen(
                at: &addresses, isFirst: workers.isEmpty, configuration, router, admission, on: loop
            )
            workers.append(Worker(loop: loop, service: service))
        }
        self.addresses = addresses
        self.admission = admission
        self.workers = workers
    }

    /// Listens with one loop; the first one replaces port 0 by what the system chose.
    private static func listen(
        at addresses: inout [SocketAddress], isFirst: Bool, _ configuration: Configuration,
        _ router: Router, _ admission: Admission, on loop: isolated EventLoop
    ) throws(ListenError) -> SourceID {
        let service = Service(
            configuration: configuration, router: router, admission: admission)
        for index in addresses.indices {
            do throws(SystemError) {
                addresses[index] = try service.listen(
                    at: addresses[index], isFirst: isFirst, on: loop)
            } catch {
                throw ListenError(address: addresses[index], cause: error)
            }
        }
        return loop.add(service)
    }

    /// Gives another certificate to the connections that come from now on; those that are open keep
    /// theirs.
    public func renew(_ tls: TLSContext) async {
        for worker in workers { await Self.renew(tls, worker.service, on: worker.loop) }
    }

    private static func renew(
        _ tls: TLSContext, _ id: SourceID, on loop: isolated EventLoop
    ) {
        (loop.source(id) as? Service)?.tls = tls
    }

    /// Stops accepting, lets requests in flight finish, closes WebSockets with 1001; returns when all
    /// connections and tasks are gone or the time is over.
    public func drain(within limit: Duration) async {
        let deadline = Moment.now + limit
        for worker in workers { await Self.startDraining(worker.service, on: worker.loop) }
        for worker in workers {
            while await Self.isBusy(worker.service, on: worker.loop), Moment.now < deadline {
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    private static func startDraining(_ id: SourceID, on loop: isolated EventLoop) {
        (loop.source(id) as? Service)?.startDraining(on: loop)
    }

    private static func isBusy(_ id: SourceID, on loop: isolated EventLoop) -> Bool {
        guard let service = loop.source(id) as? Service else { return false }
        return !service.connections.isEmpty || loop.taskCount > 0
    }
}

/// Why a server does not listen, with the address.
public struct ListenError: Error, CustomStringConvertible {
    /// The address that was asked for.
    public let address: SocketAddress

    /// What the system said.
    public let cause: SystemError

    /// `127.0.0.1:8080: bind: Address already in use`.
    public var description: String { "\(address): \(cause)" }
}
