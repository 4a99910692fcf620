import Foundation
import TestSupport

/// What the system tells of a process, and the limits it can be given while it runs.
extension ChildProcess {
    /// How many descriptors are open (proc(5)).
    var descriptorCount: Int {
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count) ?? 0
    }

    /// The number that the next descriptor will have.
    var nextDescriptor: Int {
        let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd")
        let taken = Set((names ?? []).compactMap { Int($0) })
        return (0...taken.count).first { !taken.contains($0) } ?? taken.count
    }

    /// The processor time used so far, in user and system mode.
    func processorTime() throws -> Duration {
        let stat = try Self.read("/proc/\(id)/stat")
        // The second field, the name, may hold anything but ends with the last bracket.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        guard fields.count > 12, let user = Int(fields[12]), let system = Int(fields[13]) else {
            throw Fault("not a stat: \(stat)")
        }
        return .milliseconds((user + system) * 1000 / sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Files in /proc have no length to go by: they are read until their end.
    fileprivate static func read(_ path: String) throws -> String {
        guard let file = FileHandle(forReadingAtPath: path), let data = try file.readToEnd() else {
            throw Fault("\(path) cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// prlimit(1): changes a limit of a process that runs, without being root.
enum ResourceLimit: String {
    /// The largest offset at which a file may be written.
    case fileSize = "fsize"
    /// One more than the highest number a descriptor may have.
    case descriptors = "nofile"

    private static let program = "/usr/bin/prlimit"

    static let isAvailable = FileManager.default.isExecutableFile(atPath: program)

    /// Sets the soft limit; nil raises it to the hard one, which stays as it is.
    func set(_ value: Int?, of process: ChildProcess) throws {
        let text = try value.map { String($0) } ?? hardLimit(of: process)
        let words = [Self.program, "--pid", "\(process.id)", "--\(rawValue)=\(text):"]
        var arguments: [UnsafeMutablePointer<CChar>?] =
            unsafe words.map { unsafe strdup($0) } + [nil]
        defer { for index in unsafe arguments.indices { unsafe free(arguments[index]) } }
        var (id, status) = (pid_t(), Int32(0))
        // Not Foundation's: it waits for a descriptor to close that another child may have inherited.
        guard unsafe posix_spawn(&id, Self.program, nil, nil, &arguments, nil) == 0,
            unsafe waitpid(id, &status, 0) == id, status == 0
        else { throw Fault("prlimit: \(words)") }
    }

    /// From proc(5): `Max open files  1024  524288  files`.
    private func hardLimit(of process: ChildProcess) throws -> String {
        let name = self == .descriptors ? "Max open files" : "Max file size"
        let lines = try ChildProcess.read("/proc/\(process.id)/limits").split(separator: "\n")
        let values = lines.first { $0.hasPrefix(name) }?.dropFirst(name.count).split(separator: " ")
        guard let values, values.count >= 2 else { throw Fault("no limit: \(lines)") }
        return String(values[1])
    }
}
