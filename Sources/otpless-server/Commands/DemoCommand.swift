import Loop
import OTPless
import WhatsAppSimulator
import Wire

extension Command {
    static let demo = Command(
        name: "demo",
        summary: "serve with a simulated WhatsApp, a login page and a phone to tap on",
        help: """
            usage: otpless-server demo [--port PORT] [--phone-port PORT] [--data FOLDER]
                                       [--set NAME=VALUE]...

              --port PORT        where the login page is served (8080)
              --phone-port PORT  where the simulated phone is served (8081)
              --data FOLDER      keep the database in this folder (a temporary one)
              --set NAME=VALUE   a setting as in serve, such as OTPLESS_CONFIRMATION=match

            Needs nothing else: secrets are generated, messages go to a simulated WhatsApp on
            loopback, and its answers come back as signed webhooks. A phone gets any number of
            messages here, unless OTPLESS_LIMIT_PHONE is set; with serve, limits hold.
            """,
        isLasting: true
    ) { await DemoCommand.run($0) }
}

/// `otpless-server demo`: the whole product on one machine, with a simulated WhatsApp.
enum DemoCommand {
    static func run(_ arguments: [String]) async -> ExitStatus {
        do throws(UsageFault) {
            return await run(try DemoOptions(arguments))
        } catch {
            return Command.complain("demo", error.description)
        }
    }

    private static func run(_ options: DemoOptions) async -> ExitStatus {
        do {
            let folder = try DemoFolder(options.dataFolder)
            defer { folder.removeIfTemporary() }
            let settings = DemoSettings(options, databasePath: folder.path + "/otpless.db")
            let config = try settings.config()
            let loops = try ServerProcess.makeLoops(config)
            let (simulator, phones) = try await startSimulator(options, config, on: loops)
            let process = try await ServerProcess.start(config, on: loops)
            Terminal.say(welcome(options, folder))
            await StopSignal.wait(on: loops.loops[0])
            simulator.stop()
            await phones.drain(within: .seconds(1))
            await process.stop()
            Terminal.say("\nStopped. " + folder.farewell)
            return .ok
        } catch let error as ListenError {
            Terminal.complain(
                "otpless-server demo: \(error); --port and --phone-port choose others")
            return .failed
        } catch let error as ConfigError {
            return Configured.complain(error.faults.map(\.description))
        } catch {
            Terminal.complain("otpless-server demo: \(error)")
            return .failed
        }
    }

    private static func startSimulator(
        _ options: DemoOptions, _ config: Config, on loops: LoopGroup
    ) async throws -> (Simulator, Server) {
        var clients: [SourceID] = []
        for loop in loops.loops { clients.append(try await HTTPClient.make(on: loop)) }
        let simulator = Simulator(.init(options, config), clients: clients)
        guard let address = SocketAddress("127.0.0.1:\(options.phonePort)") else {
            throw UsageFault(description: "--phone-port is not a port")
        }
        let configuration = Server.Configuration(addresses: [address]) { status in
            Response(Failure(Failure.Code(refusal: status)))
        }
        let server = try await Server(configuration, router: simulator.routes, on: loops.loops)
        return (simulator, server)
    }

    private static func welcome(_ options: DemoOptions, _ folder: DemoFolder) -> String {
        """
        OTPless demo is running.

          login page        \(options.loginURL)/
          simulated phone   \(options.phoneURL)/

        Open both side by side, sign in with any number, such as +1 650 555 0142, and tap Confirm
        on the phone. Database: \(folder.path)/otpless.db. Press Ctrl-C to stop.
        """
    }
}
