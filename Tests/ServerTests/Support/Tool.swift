import Foundation
import TestSupport

/// A program of the system that judges what the server makes.
struct Tool {
    /// How it ended.
    let status: Int32

    /// What it wrote to standard output.
    let output: String

    /// What it wrote to standard error.
    let complaints: String

    /// The path of a program; nil, and said aloud, when it is not installed.
    static func find(_ name: String, for subject: String, package: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        let places = folders.map { $0 + "/" + name }
        if let place = places.first(where: FileManager.default.isExecutableFile) { return place }
        print(
            "NOT TESTED: \(subject) against \(name), which is not on the PATH; in Debian it comes "
                + "with the package \(package).")
        return nil
    }

    /// Runs it to its end.
    init(_ program: String, _ arguments: [String], reading input: String = "/dev/null") throws {
        let folder = try TemporaryFolder()
        let (output, errors) = (folder.path + "/output", folder.path + "/errors")
        let id = try Self.start([program] + arguments, input, output, errors)
        var status: Int32 = 0
        guard unsafe waitpid(id, &status, 0) == id else { throw Fault("waitpid: errno \(errno)") }
        self.status = status
        self.output = folder.read("output")
        complaints = folder.read("errors")
    }

    /// Not by Foundation's `Process`, which in Swift 6.3 reads beyond what `readdir` gives.
    private static func start(
        _ texts: [String], _ input: String, _ output: String, _ errors: String
    ) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
        // Another test's connection that stayed open there would never end for its peer.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let words = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe words.indices { unsafe free(words[index]) } }
        var id = pid_t()
        let result = unsafe posix_spawn(&id, texts[0], &actions, nil, words, [nil])
        guard result == 0 else { throw Fault("posix_spawn: errno \(result)") }
        return id
    }
}
