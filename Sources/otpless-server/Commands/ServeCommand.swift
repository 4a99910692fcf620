import Loop
import OTPless

/// `otpless-server serve`: from the environment to a running server, until a signal ends it.
enum ServeCommand {
    static func run(_ arguments: [String]) async -> ExitStatus {
        guard arguments.isEmpty else {
            Terminal.complain("otpless-server serve: takes no arguments; see --help")
            return .usage
        }
        do throws(ConfigError) {
            return await serve(try Config(environment: Environment.current))
        } catch {
            for fault in error.faults { Terminal.complain(fault.description) }
            return .configuration
        }
    }

    private static func serve(_ config: Config) async -> ExitStatus {
        do {
            let loops = try ServerProcess.makeLoops(config)
            let process = try await ServerProcess.start(config, on: loops)
            for warning in config.warnings {
                process.app.log.write(.warning, "configuration", ["warning": .text(warning)])
            }
            await StopSignal.wait(on: loops.loops[0])
            await process.stop()
            return .ok
        } catch let error as ConfigError {
            for fault in error.faults { Terminal.complain(fault.description) }
            return .configuration
        } catch {
            Terminal.complain("otpless-server: \(error)")
            return .failed
        }
    }
}
