import Glibc

/// Plain lines for people, written at once: logs go another way.
enum Terminal {
    /// Writes a command's result; a failure when it did not get there, for example to a full disk.
    static func tell(_ text: String) -> ExitStatus {
        write(text + "\n", to: 1) ? .ok : .failed
    }

    static func say(_ line: String) { _ = write(line + "\n", to: 1) }

    static func complain(_ line: String) { _ = write(line + "\n", to: 2) }

    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            guard count > 0 || count < 0 && errno == EINTR else { return false }
            rest = rest.dropFirst(max(count, 0))
        }
        return true
    }
}
