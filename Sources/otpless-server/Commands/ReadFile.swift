import OTPless

/// An env file as it was found: its settings, and what is to be said about it.
struct ReadFile {
    /// Nil when there is nothing to read.
    private(set) var content: EnvFile?
    private(set) var faults: [String] = []
    private(set) var warnings: [String] = []

    init(_ path: String) {
        do throws(RegularFile.Fault) {
            try read(RegularFile(path), path)
        } catch {
            faults.append("\(path): \(error.text)")
        }
    }

    private mutating func read(
        _ file: borrowing RegularFile, _ path: String
    ) throws(RegularFile.Fault) {
        // Told by its size, a large file need not be read; of others the size may be wrong.
        let bytes = file.size > EnvFile.limit ? nil : try file.bytes(upTo: EnvFile.limit)
        guard let bytes, bytes.count <= EnvFile.limit else {
            return faults.append("\(path): has more than \(EnvFile.limit) bytes")
        }
        if file.permissions & 0o077 != 0 {
            warnings.append("\(path): others may read this file of secrets; chmod 600 it")
        }
        let content = EnvFile(bytes)
        self.content = content
        faults = content.faults.map { "\(path), line \($0.line): \($0.text)" }
        warnings += content.warnings.map { "\(path), line \($0.line): \($0.text)" }
    }
}
