import Foundation
import TestSupport

/// Prometheus' own check of a page of metrics.
struct Promtool {
    /// The program; nil, and said aloud once, when there is none.
    static let program: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let places = folders.map { $0 + "/promtool" }
        for place in places where FileManager.default.isExecutableFile(atPath: String(place)) {
            return String(place)
        }
        print(
            "NOT TESTED: /metrics against promtool, which is not on the PATH; in Debian it comes "
                + "with the package prometheus.")
        return nil
    }()

    /// How it ended.
    let status: Int32

    /// All that it said.
    let complaints: String

    /// Checks a page.
    init(_ program: String, checking page: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(page, to: "page")
        let id = try Self.start(program, reading: file, complainingTo: folder.path + "/complaints")
        var status: Int32 = 0
        guard unsafe waitpid(id, &status, 0) == id else { throw Fault("waitpid: errno \(errno)") }
        self.status = status
        complaints = folder.read("complaints")
    }

    /// Not by Foundation's `Process`, which in Swift 6.3 reads beyond what `readdir` gives.
    private static func start(
        _ program: String, reading input: String, complainingTo output: String
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
        unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Another test's connection that stayed open there would never end for its peer.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let texts = [program, "check", "metrics"]
        let words = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        var id = pid_t()
        let result = unsafe posix_spawn(&id, program, &actions, nil, words, [nil])
        guard result == 0 else { throw Fault("posix_spawn: errno \(result)") }
        return id
    }
}
