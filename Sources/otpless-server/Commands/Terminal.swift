import Glibc

/// Plain lines for people, written at once: logs go another way.
enum Terminal {
    static func say(_ line: String) { write(line + "\n", to: 1) }

    /// Writes a text that has its own line ends.
    static func print(_ text: String) { write(text, to: 1) }

    static func complain(_ line: String) { write(line + "\n", to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            // Nobody is left to tell that standard output or error is gone.
            guard count > 0 || count < 0 && errno == EINTR else { return }
            rest = rest.dropFirst(max(count, 0))
        }
    }
}
