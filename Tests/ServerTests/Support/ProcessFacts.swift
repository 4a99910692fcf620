import Foundation

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
    private static func read(_ path: String) throws -> String {
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
        try Self.run(["--pid", String(process.id), "--\(rawValue)=\(text):"])
    }

    private func hardLimit(of process: ChildProcess) throws -> String {
        try Self.run([
            "--pid", String(process.id), "--\(rawValue)", "--noheadings", "--output", "HARD",
        ])
    }

    @discardableResult
    private static func run(_ arguments: [String]) throws -> String {
        let tool = Process()
        let output = Pipe()
        tool.executableURL = URL(fileURLWithPath: program)
        tool.arguments = arguments
        tool.standardOutput = output
        try tool.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        tool.waitUntilExit()
        guard tool.terminationStatus == 0 else { throw Fault("prlimit: \(arguments)") }
        return String(decoding: data, as: UTF8.self).filter { !$0.isWhitespace }
    }
}
