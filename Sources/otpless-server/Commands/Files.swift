import Glibc
import Loop

/// What the commands ask of the file system.
///
/// Not Foundation: linked in, it makes the server start later and take more memory (decision 0020).
enum Files {
    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    static func isWritable(_ path: String) -> Bool { unsafe access(path, W_OK) == 0 }

    static func isFolder(_ path: String) -> Bool {
        var facts = stat()
        return unsafe stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, in no order; nil when it cannot be read.
    static func names(in folder: String) -> [String]? {
        guard let entries = unsafe opendir(folder) else { return nil }
        defer { unsafe closedir(entries) }
        guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
        var names: [String] = []
        while let entry = unsafe readdir(entries) {
            // An entry is only as long as its name: to copy the structure would read beyond it.
            let name = unsafe UnsafeRawPointer(entry).advanced(by: offset)
            names.append(unsafe String(cString: name.assumingMemoryBound(to: CChar.self)))
        }
        return names
    }

    /// Makes a folder for its owner alone, and those above it, unless they exist.
    static func makeFolder(_ path: String) throws(SystemError) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        for count in 1...parts.count {
            let folder = parts.prefix(count).joined(separator: "/")
            if folder.isEmpty || isFolder(folder) { continue }
            guard unsafe mkdir(folder, 0o700) == 0 || isFolder(folder) else {
                throw SystemError("mkdir")
            }
        }
    }

    /// Removes these files and the folder, which must hold nothing else.
    static func remove(_ names: [String], in folder: String) {
        for name in names { unsafe unlink(folder + "/" + name) }
        unsafe rmdir(folder)
    }

    /// Where temporary files go.
    static var temporaryFolder: String {
        let folder = Environment.current["TMPDIR"] ?? ""
        return folder.isEmpty ? "/tmp" : folder
    }
}
