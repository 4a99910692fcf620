import FoundationEssentials
import Glibc

/// A folder of a test's own, gone with this object.
package final class TemporaryFolder: Sendable {
    package let path: String

    package init() throws {
        path = FileManager.default.temporaryDirectory.path + "/otpless-test-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Where a file of that name is, or would be.
    package func file(_ name: String) -> String { path + "/" + name }

    /// What a file holds; empty when there is none.
    package func bytes(of name: String) -> [UInt8] {
        // `String(contentsOfFile:)` of Swift 6.3 leaks its buffer, which address sanitizer tells.
        guard let file = unsafe fopen(file(name), "r") else { return [] }
        defer { unsafe fclose(file) }
        var (bytes, chunk) = ([UInt8](), [UInt8](repeating: 0, count: 65_536))
        while case let count = unsafe fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes += chunk[..<count]
        }
        return bytes
    }

    /// The text that a file holds; empty when there is none.
    package func read(_ name: String) -> String { String(decoding: bytes(of: name), as: UTF8.self) }

    /// Writes a file that its owner alone may read, unless `mode` says otherwise; returns its path.
    @discardableResult
    package func write(_ bytes: [UInt8], to name: String, mode: Int = 0o600) throws -> String {
        let isWritten = FileManager.default.createFile(
            atPath: file(name), contents: Data(bytes), attributes: [.posixPermissions: mode])
        guard isWritten else { throw Fault("cannot write \(file(name))") }
        return file(name)
    }

    /// The permission bits of a file.
    package func mode(of name: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: file(name))
        return (attributes[.posixPermissions] as? Int) ?? -1
    }
}
