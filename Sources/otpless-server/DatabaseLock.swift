import Glibc
import OTPless

/// Tells other servers that a database has its server, until this one ends, however it does.
///
/// A second one would not hear of the first one's logins. It is an flock(2), of which SQLite's own
/// locks (fcntl) know nothing; but those go when any descriptor of the file is closed, so this one is
/// kept until the store has closed.
final class DatabaseLock: Sendable {
    private let descriptor: Int32

    /// Makes the file unless it is there; where that cannot be, opening the database tells why.
    ///
    /// - Throws: when another server has the file.
    init(_ path: String) throws(StartError) {
        if path != ":memory:" { PrivateFile.create(path) }
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK
        else { return }
        throw StartError(description: "OTPLESS_DATABASE, \(path): another server uses it")
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}
