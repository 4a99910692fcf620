import Foundation
import TestSupport

/// A process of the product's own program; ends with this object at the latest.
final class ChildProcess {
    enum End: Equatable {
        case exited(Int32)
        case killed(Int32)
    }

    let id: pid_t
    private var end: End?

    /// `otpless-server`, built beside the tests.
    static let program: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let names = [tests ?? "", CommandLine.arguments[0]]
        let places = names.map { ($0 as NSString).deletingLastPathComponent + "/otpless-server" }
        let program = places.first { FileManager.default.isExecutableFile(atPath: $0) }
        guard let program else { preconditionFailure("otpless-server is at none of \(places)") }
        return program
    }()

    /// Starts the program; what it writes is appended to the two files.
    init(
        _ arguments: [String], environment: [String: String], output: String, errors: String
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
        // Another test's connection that stayed open here would never end for its peer.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var inherited = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("OTPLESS_") }
        inherited.merge(environment) { $1 }
        let words = unsafe Self.cStrings([Self.program] + arguments)
        let settings = unsafe Self.cStrings(inherited.map { "\($0.key)=\($0.value)" })
        defer {
            for index in unsafe words.indices { unsafe free(words[index]) }
            for index in unsafe settings.indices { unsafe free(settings[index]) }
        }
        var id = pid_t()
        let result = unsafe posix_spawn(&id, Self.program, &actions, nil, words, settings)
        guard result == 0 else { throw Fault("posix_spawn: errno \(result)") }
        self.id = id
    }

    deinit {
        guard end == nil else { return }
        kill(id, SIGKILL)
        _ = waitpid(id, nil, 0)
    }

    /// How it ended; nil while it runs.
    var ended: End? {
        guard end == nil else { return end }
        var status: Int32 = 0
        guard unsafe waitpid(id, &status, WNOHANG) == id else { return nil }
        end = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .killed(status & 0x7F)
        return end
    }

    func signal(_ number: Int32) {
        if ended == nil { kill(id, number) }
    }

    func waitForEnd() throws -> End {
        try waitFor("the server to end") { ended }
    }

    private static func cStrings(_ strings: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe strings.map { unsafe strdup($0) } + [nil]
    }
}
