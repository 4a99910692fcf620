import Glibc
import TestSupport

/// What the system tells of a file.
struct FileFacts {
    let size: Int
    /// Changes with every write.
    let changedAt: Int

    init(_ path: String) throws {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { throw Fault("\(path): errno \(errno)") }
        size = Int(facts.st_size)
        changedAt = facts.st_mtim.tv_sec * 1_000_000_000 + facts.st_mtim.tv_nsec
    }
}
