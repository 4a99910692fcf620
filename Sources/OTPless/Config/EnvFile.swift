/// A file of settings: a `NAME=value` in each line.
///
/// What is accepted means the same to `sh` and to systemd's `EnvironmentFile=`; what they would read
/// differently is a fault. So the same file works with all three, and nothing is ever expanded.
/// Faults and warnings tell lines, never values.
public struct EnvFile: Sendable {
    /// The most bytes a file may have.
    public static let limit = 65_536

    /// Something about one line.
    public struct Note: Hashable, Sendable {
        /// The line, from 1.
        public let line: Int

        /// What is the matter with it.
        public let text: String
    }

    /// The settings, by name.
    public private(set) var values: [String: String] = [:]

    /// What cannot be read.
    public private(set) var faults: [Note] = []

    /// What is read but has no effect.
    public private(set) var warnings: [Note] = []

    /// Names whose values cannot be read: they are not missing.
    public private(set) var unreadable: Set<String> = []

    private var lines: [String: Int] = [:]

    /// Reads a file's bytes.
    public init(_ bytes: [UInt8]) {
        for (index, line) in bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            read(line, index + 1)
        }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, _ number: Int) {
        var assignment = EnvLine(line)
        do throws(EnvLine.Fault) {
            guard let name = try assignment.name() else { return }
            keep(try assignment.value(), as: name, number)
        } catch {
            faults.append(Note(line: number, text: error.text))
            if let name = assignment.knownName { unreadable.insert(name) }
        }
    }

    private mutating func keep(_ value: String, as name: String, _ number: Int) {
        guard name.hasPrefix("OTPLESS_") else {
            let text = "has no effect: the names of settings begin with OTPLESS_"
            return warnings.append(Note(line: number, text: text))
        }
        if let first = lines[name] {
            return faults.append(
                Note(line: number, text: "\(name) is set in line \(first) already"))
        }
        lines[name] = number
        values[name] = value
    }
}

extension EnvFile {
    /// A setting as a line of such a file.
    static func line(_ name: String, _ value: String) -> String {
        "\(name)=\(quoted(value))"
    }

    private static func quoted(_ value: String) -> String {
        let bytes = Array(value.utf8)
        if bytes.allSatisfy(EnvLine.isPlain) { return value }
        guard bytes.contains(UInt8(ascii: "'")) else { return "'\(value)'" }
        let escaped = bytes.flatMap { EnvLine.isEscapable($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
        return "\"\(String(decoding: escaped, as: UTF8.self))\""
    }
}
