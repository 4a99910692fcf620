import FoundationEssentials
import OTPless

/// An env file as it was found: its settings, and what is to be said about it.
struct ReadFile {
    /// Nil when there is nothing to read.
    private(set) var content: EnvFile?
    private(set) var faults: [String] = []
    private(set) var warnings: [String] = []

    init(_ path: String) {
        do throws(Fault) {
            // A link is followed: orchestrators mount secrets as links.
            let target = URL(filePath: path).resolvingSymlinksInPath().path(percentEncoded: false)
            if try Self.isOpenToOthers(target) {
                warnings.append("\(path): others may read this file of secrets; chmod 600 it")
            }
            let content = EnvFile(try Self.bytes(target))
            self.content = content
            faults = content.faults.map { "\(path), line \($0.line): \($0.text)" }
            warnings += content.warnings.map { "\(path), line \($0.line): \($0.text)" }
        } catch {
            faults = ["\(path): \(error.text)"]
        }
    }

    private struct Fault: Error {
        let text: String

        init(_ text: String) { self.text = text }
    }

    /// Looks at a file before it is opened: opening a pipe could wait for ever.
    private static func isOpenToOthers(_ path: String) throws(Fault) -> Bool {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else {
            throw Fault("there is no such file, or it cannot be reached")
        }
        guard attributes[.type] as? FileAttributeType == .typeRegular else {
            throw Fault("is not a regular file")
        }
        guard number(attributes[.size]) <= EnvFile.limit else {
            throw Fault("has more than \(EnvFile.limit) bytes")
        }
        return number(attributes[.posixPermissions]) & 0o077 != 0
    }

    /// An attribute that is a number, of whichever type; the largest if it is none.
    private static func number(_ attribute: Any?) -> Int {
        (attribute as? any BinaryInteger).map { Int(clamping: $0) } ?? .max
    }

    private static func bytes(_ path: String) throws(Fault) -> [UInt8] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Fault("cannot be read")
        }
        guard data.count <= EnvFile.limit else {
            throw Fault("has more than \(EnvFile.limit) bytes")
        }
        return Array(data)
    }
}
