import Glibc
import Loop
import OTPless

extension Command {
    static let serve = Command(
        name: "serve", summary: "serve the API",
        help: """
            usage: otpless-server serve [--env-file FILE]

            \(Options.help)

            Reads OTPLESS_* from the environment, lists everything that is missing or wrong at once
            (exit status 78), and serves until SIGTERM or SIGINT: then no new connections, requests
            in flight finish, waiting pages get close 1001 and reconnect; 10 s at most. SIGHUP
            reads the TLS certificate and its key again, and the folder of keys.
            """,
        isLasting: true, isReloadable: true
    ) { await Configured.run("serve", $0, ServeCommand.run) }
}

/// `otpless-server serve`: from the environment to a running server, until a signal ends it.
enum ServeCommand {
    static func run(_ configured: Configured) async -> ExitStatus {
        do {
            let loops = try ServerProcess.makeLoops(configured.config)
            let process = try await ServerProcess.start(configured.config, on: loops)
            for warning in configured.warnings {
                process.app.log.write(.warning, "configuration", ["warning": .text(warning)])
            }
            for await signal in await StopSignal.arrivals(on: loops.loops[0]) {
                guard signal == SIGHUP else { break }
                await process.reload()
            }
            await process.stop()
            return .ok
        } catch let error as ConfigError {
            return Configured.complain(error.faults.map(\.description))
        } catch {
            Terminal.complain("otpless-server: \(error)")
            return .failed
        }
    }
}
