import Glibc

/// Which file a path leads to, for as long as the file is open somewhere.
struct FileIdentity: Equatable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// Nil when there is no such file.
    init?(of path: String) {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return nil }
        device = UInt64(facts.st_dev)
        number = UInt64(facts.st_ino)
    }
}

/// A file that its owner alone may read: the database holds phone numbers and keys.
enum PrivateFile {
    /// Makes an empty file unless there is one; SQLite gives its companions the same mode.
    static func create(_ path: String) {
        let descriptor = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        // Where it cannot be made, opening the database tells why.
        if descriptor >= 0 { close(descriptor) }
    }
}
