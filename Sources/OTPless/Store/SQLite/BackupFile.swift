import Glibc
import Loop

/// A file that gets its name only when it is complete: until then it is `NAME.part`, for its owner alone.
struct BackupFile: ~Copyable {
    /// Why it cannot be written, in words.
    struct Fault: Error, CustomStringConvertible {
        let description: String
    }

    /// Where it is written.
    let part: String
    private let path: String
    /// Its lock tells another backup that somebody writes here.
    private let descriptor: Int32

    /// What SQLite may put beside it.
    private static let companions = ["-journal", "-wal", "-shm"]

    /// Makes `NAME.part`, in place of what an interrupted backup has left.
    ///
    /// - Throws: where there is such a file already, or it cannot be made.
    static func make(_ path: String) throws(Fault) -> BackupFile {
        guard !exists(path) else { throw Fault(description: "is there already") }
        let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
        let descriptor = unsafe open(path + ".part", flags, 0o600)
        guard descriptor >= 0 else { throw fault("open") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Fault(description: "another backup is writing it")
        }
        let file = BackupFile(path, descriptor)
        try file.empty()
        return file
    }

    private init(_ path: String, _ descriptor: Int32) {
        (self.path, part, self.descriptor) = (path, path + ".part", descriptor)
    }

    private func empty() throws(Fault) {
        for companion in Self.companions { unsafe unlink(part + companion) }
        guard ftruncate(descriptor, 0) == 0, fchmod(descriptor, 0o600) == 0 else {
            throw Self.fault("ftruncate")
        }
    }

    /// Removes what is not complete.
    deinit {
        for name in [""] + Self.companions { unsafe unlink(part + name) }
        close(descriptor)
    }

    /// Waits until what was written is on disk.
    func flush() throws(Fault) {
        guard fsync(descriptor) == 0 else { throw Self.fault("fsync") }
    }

    /// Gives the file its name, for good; returns how many bytes it has.
    ///
    /// No connection may have it open.
    consuming func finish() throws(Fault) -> Int {
        try flush()
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard !Self.exists(path) else { throw Fault(description: "is there now") }
        guard unsafe rename(part, path) == 0 else { throw Self.fault("rename") }
        try flushFolder()
        return size
    }

    /// A name is on disk when its folder is.
    private func flushFolder() throws(Fault) {
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let opened = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(opened) }
        guard opened >= 0, fsync(opened) == 0 else { throw Self.fault("fsync of the folder") }
    }

    /// Also a link that leads nowhere.
    private static func exists(_ path: String) -> Bool {
        var facts = stat()
        return unsafe lstat(path, &facts) == 0
    }

    private static func fault(_ call: StaticString) -> Fault {
        Fault(description: "cannot be written: \(SystemError(call))")
    }
}
