import Glibc

/// A regular file that is open for reading, whatever becomes of its path meanwhile.
struct RegularFile: ~Copyable {
    /// Why a path cannot be read as a regular file.
    enum Fault: Error {
        case unreachable, notRegular, unreadable

        /// What is wrong with the file, behind its name.
        var text: String {
            switch self {
            case .unreachable: "there is no such file, or it cannot be reached"
            case .notRegular: "is not a regular file"
            case .unreadable: "cannot be read"
            }
        }
    }

    /// What the file system says; a file of `/proc` says 0 and may be endless.
    let size: Int
    /// Who may read and write it, as `chmod` takes it.
    let permissions: mode_t

    private let descriptor: Int32

    /// Follows links: orchestrators mount secrets as links.
    init(_ path: String) throws(Fault) {
        // Without O_NONBLOCK opening a pipe would wait for ever for somebody who writes to it.
        descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.fault(ofUnopened: path) }
        var facts = stat()
        guard unsafe fstat(descriptor, &facts) == 0, Self.isRegular(facts) else {
            close(descriptor)
            throw .notRegular
        }
        size = Int(facts.st_size)
        permissions = facts.st_mode & 0o777
    }

    deinit { close(descriptor) }

    /// The bytes of the file, or those up to the first page's end over the limit.
    func bytes(upTo limit: Int) throws(Fault) -> [UInt8] {
        var bytes: [UInt8] = []
        // Some files of /proc are read in whole entries only.
        var page = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= limit {
            let count = unsafe page.withUnsafeMutableBytes { page in
                unsafe read(descriptor, page.baseAddress, page.count)
            }
            if count == 0 { break }
            guard count > 0 || errno == EINTR else { throw .unreadable }
            bytes += page.prefix(max(count, 0))
        }
        return bytes
    }

    private static func fault(ofUnopened path: String) -> Fault {
        var facts = stat()
        guard unsafe stat(path, &facts) == 0 else { return .unreachable }
        return isRegular(facts) ? .unreadable : .notRegular
    }

    private static func isRegular(_ facts: stat) -> Bool { facts.st_mode & S_IFMT == S_IFREG }
}
