import Glibc

/// Plain lines for people, written at once: logs go another way.
enum Terminal {
    static func say(_ text: String) { write(text, to: 1) }

    static func complain(_ text: String) { write(text, to: 2) }

    private static func write(_ text: String, to descriptor: Int32) {
        let line = Array((text + "\n").utf8)
        _ = unsafe line.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    }
}
