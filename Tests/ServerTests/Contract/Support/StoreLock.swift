import Glibc
import TestSupport

/// A store that cannot be written: holds the lock of SQLite's write-ahead log, as another program
/// does that writes for long.
///
/// **Source**: sqlite.org/walformat.html §2.3: the write lock is byte 120 of the `-shm` file.
final class StoreLock {
    private let descriptor: Int32

    /// Takes the lock as soon as the server has let go of it.
    init(database path: String) throws {
        descriptor = unsafe open(path + "-shm", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw Fault("\(path)-shm: errno \(errno)") }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = 120
        lock.l_len = 1
        guard unsafe fcntl(descriptor, F_SETLKW, &lock) == 0 else {
            throw Fault("write lock: errno \(errno)")
        }
    }

    deinit { close(descriptor) }
}
