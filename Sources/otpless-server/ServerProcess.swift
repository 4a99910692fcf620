import Glibc
import Loop
import Metrics
import OTPless
import WSGateway
import Webhook
import Wire

/// A running server: everything is put together here and taken apart here.
struct ServerProcess {
    let app: App
    let server: Server
    private let loops: LoopGroup
    private let database: Database
    /// What the server was started with; its ticket keys outlive its certificate.
    private let tls: TLSContext?

    /// How long a drain may take.
    private static let drainTime = Duration.seconds(9)

    /// What is left of the ten seconds for a database that may be mute: others find out by themselves.
    private static let leaveTime = Duration.seconds(1)

    /// As many loops as configured, one for each core by default.
    static func makeLoops(_ config: Config) throws -> LoopGroup {
        DescriptorLimit.raise()
        return try LoopGroup(count: loopCount(config))
    }

    /// How many loops a configuration asks for.
    static func loopCount(_ config: Config) -> Int {
        config.workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// Opens the store and listens.
    static func start(_ config: Config, on loops: LoopGroup) async throws -> ServerProcess {
        let tls = try TLSFiles.read(config)
        let keys = try KeyFolder.read(config)
        let site = try Site(config)
        let log = try Log(config.logLevel)
        let database = try await Database.open(config, on: loops.loops)
        let events = database.events
        let provider = ProviderMetrics(loops: loops.loops.count)
        var clients: [SourceID] = []
        for loop in loops.loops {
            clients.append(
                try await HTTPClient.make(on: loop, metrics: provider.parts[loop.index]))
        }
        let messenger = CloudAPI(CloudAPI.Settings(config), clients: clients)
        let app: App
        do {
            app = try await App(
                config: config, keys: keys?.ring, store: database.store, messenger: messenger,
                events: events, log: log)
        } catch let error as StoreError {
            throw StartError(error, of: config)
        }
        let gateway = Gateway(app, events: events)
        let configuration = try configuration(config, tls?.context)
        let router = try routes(
            app, gateway, site,
            counted: [
                ProcessMetrics(startedAt: app.clock.now), loops, configuration.metrics, app.metrics,
                gateway, provider, log,
            ] + database.metrics)
        try await join(database, app, gateway, on: loops.loops[0])
        let server: Server
        do {
            server = try await Server(configuration, router: router, on: loops.loops)
        } catch {
            // Nobody is to think that this node serves.
            await database.leave()
            throw error
        }
        await app.startSweeping(on: loops.loops[0])
        for address in server.addresses {
            log.write(.info, "listening", ["address": .text("\(address)")])
        }
        let process = ServerProcess(
            app: app, server: server, loops: loops, database: database, tls: tls?.context)
        process.warn((tls?.warnings ?? []) + (keys?.warnings ?? []))
        if let keys { process.tell("keys", keys) }
        return process
    }

    /// Drains, commits what is queued, and ends all threads.
    func stop() async {
        app.draining.begin()
        app.log.write(.info, "draining")
        await server.drain(within: Self.drainTime)
        await takeLeave()
        loops.stop()
        database.close()
        app.log.write(.info, "stopped")
        app.log.close()
    }

    private func takeLeave() async {
        let hasLeft = Locked(false)
        loops.loops[0].post { [app, database] loop in
            loop.spawn { _ in
                await app.rejections.flush(isLast: true)
                await database.leave()
                hasLeft.withLock { $0 = true }
            }
        }
        let deadline = Moment.now + Self.leaveTime
        while !hasLeft.withLock({ $0 }), Moment.now < deadline {
            try? await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Reads again what lies in files; what is not fit changes nothing.
    func reload() async {
        guard tls != nil || app.config.tokens.keyFolder != nil else {
            return app.log.write(
                .info, "nothing to reload",
                ["reason": .text("neither TLS nor a folder of keys is configured")])
        }
        reloadKeys()
        await reloadCertificate()
    }

    /// Reads the folder of keys again; if it is not fit, the keys before stay.
    private func reloadKeys() {
        do throws(ConfigError) {
            guard let keys = try KeyFolder.read(app.config) else { return }
            app.access.replaceKeys(keys.ring)
            tell("keys reloaded", keys)
            warn(keys.warnings)
        } catch {
            for fault in error.faults {
                app.log.write(.error, "keys not reloaded", ["fault": .text("\(fault)")])
            }
        }
    }

    private func tell(_ event: StaticString, _ keys: KeyFolder) {
        app.log.write(
            .info, event,
            [
                "signing": .text(keys.ring.signing.id),
                "verifying": .text(keys.ring.ids.joined(separator: " ")),
            ])
    }

    /// Reads the certificate and its key again; if they are not fit, those before stay.
    private func reloadCertificate() async {
        do throws(ConfigError) {
            guard let files = try TLSFiles.read(app.config, succeeding: tls) else { return }
            await server.renew(files.context)
            app.log.write(
                .info, "certificate reloaded", ["daysLeft": .number(files.context.daysLeft)])
            warn(files.warnings)
        } catch {
            for fault in error.faults {
                app.log.write(.error, "certificate not reloaded", ["fault": .text("\(fault)")])
            }
        }
    }

    private func warn(_ warnings: [String]) {
        for warning in warnings {
            app.log.write(.warning, "configuration", ["warning": .text(warning)])
        }
    }

    /// Begins to see what others do with the database: operators' commands, or other nodes.
    private static func join(
        _ database: Database, _ app: App, _ gateway: Gateway, on loop: EventLoop
    ) async throws(StartError) {
        await app.startRecordingRejections(on: loop)
        switch database {
        case .file(let store, _):
            await app.startWatching(store, for: gateway, on: loop)
        case .shared(let store, let peers):
            await app.startWatching(store, on: loop)
            do throws(StoreError) {
                try await peers.join(Peers.Listener(app, gateway), app.clock)
            } catch {
                throw StartError(error, of: app.config)
            }
        }
    }

    private static func configuration(
        _ config: Config, _ tls: TLSContext?
    ) throws -> Server.Configuration {
        let addresses = try config.listen.map { text in
            guard let address = SocketAddress(text) else {
                throw ConfigError(faults: [
                    ConfigFault(
                        name: "OTPLESS_LISTEN",
                        problem:
                            "\"\(text)\" is not an address such as 127.0.0.1:8080 or [::1]:8080")
                ])
            }
            return address
        }
        var configuration = Server.Configuration(addresses: addresses) { status in
            Response(Failure(Failure.Code(refusal: status)))
        }
        configuration.connections = connections(config)
        configuration.tls = tls
        configuration.crossOrigin = CrossOrigin(config)
        return configuration
    }
}

extension ServerProcess {
    /// As many connections as configured, as many as there are descriptors for by default.
    private static func connections(_ config: Config) -> ConnectionLimits {
        var limits = ConnectionLimits()
        limits.total =
            config.connections
            ?? DescriptorLimit.connections(
                within: DescriptorLimit.hard, loops: loopCount(config))
        limits.perClient = config.connectionsPerIP ?? .max
        return limits
    }
}

/// Why a server does not start, for the operator's eyes.
struct StartError: Error, CustomStringConvertible {
    let description: String
}

extension StartError {
    init(_ error: StoreError, of config: Config) {
        description = "OTPLESS_DATABASE, \(config.database): \(error)"
    }
}
