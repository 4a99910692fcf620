import Glibc

/// A file that its owner alone may read: the database holds phone numbers and keys.
package enum PrivateFile {
    /// Makes an empty file unless there is one; SQLite gives its companions the same mode.
    package static func create(_ path: String) {
        let descriptor = unsafe open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        // Where it cannot be made, opening the database tells why.
        if descriptor >= 0 { close(descriptor) }
    }
}
