import OTPless

/// The keys of access tokens in the folder that the configuration names: `OTPLESS_JWT_KEYS`.
struct KeyFolder {
    let ring: KeyRing
    let warnings: [String]

    static let name = "OTPLESS_JWT_KEYS"

    private static let suffix = ".pem"
    /// A key has a few hundred bytes; what is larger is another file.
    private static let fileLimit = 64 << 10
    /// Each of them is compared with each token, and listed for everybody.
    private static let keyLimit = 32

    /// Nil where no folder is configured.
    static func read(_ config: Config) throws(ConfigError) -> KeyFolder? {
        guard let path = config.tokens.keyFolder else { return nil }
        let found = try files(in: path)
        var keys: [SigningKey] = []
        var (warnings, faults): ([String], [ConfigFault]) = ([], [])
        for file in found {
            do throws(FileFault) {
                let (key, isOpen) = try self.key(file, in: path, config.tokens.algorithm)
                keys.append(key)
                if isOpen && key.canSign {
                    warnings.append("\(name): others may read \(file); chmod 640 it, or 600")
                }
            } catch {
                faults.append(ConfigFault(name: name, problem: error.text))
            }
        }
        guard faults.isEmpty else { throw ConfigError(faults: faults) }
        return KeyFolder(ring: try ring(keys, path), warnings: warnings)
    }

    /// Why a file is no key, with its path.
    private struct FileFault: Error {
        let text: String
    }

    private static func error(_ problem: String) -> ConfigError {
        ConfigError(faults: [ConfigFault(name: name, problem: problem)])
    }

    private static func ring(_ keys: [SigningKey], _ path: String) throws(ConfigError) -> KeyRing {
        do throws(KeyRing.Fault) {
            return try KeyRing(keys)
        } catch {
            switch error {
            case .noneSigns:
                throw self.error("\(path) has public keys only; one that signs is needed")
            case .same(let one, let other):
                throw self.error("\(path): \(one)\(suffix) and \(other)\(suffix) are the same key")
            }
        }
    }

    /// The names of the files that are keys; others may lie there.
    private static func files(in path: String) throws(ConfigError) -> [String] {
        guard Files.isFolder(path) else {
            throw error(
                "\(path): " + (Files.exists(path) ? "is not a folder" : "there is no such folder"))
        }
        guard let names = Files.names(in: path) else { throw error("\(path) cannot be read") }
        let files = names.filter { $0.hasSuffix(suffix) }.sorted()
        guard !files.isEmpty else {
            throw error("\(path) has no file whose name ends with \(suffix)")
        }
        guard files.count <= keyLimit else {
            throw error("\(path) has more than \(keyLimit) keys")
        }
        return files
    }

    private static func key(
        _ file: String, in path: String, _ algorithm: SigningAlgorithm
    ) throws(FileFault) -> (key: SigningKey, isOpenToOthers: Bool) {
        let id = String(file.dropLast(suffix.count))
        // Quoted: such a name may hold anything.
        guard SigningKey.isClean(id) else {
            throw FileFault(
                text:
                    "\(path) has \(file.debugDescription): a key's name is of letters, digits, '.', '-' and "
                    + "'_', does not begin with '.', and has at most \(SigningKey.maxIDLength) of them"
            )
        }
        let (bytes, isOpen) = try read("\(path)/\(file)")
        do throws(KeyPair.Fault) {
            return (SigningKey(id: id, try KeyPair(pem: bytes, for: algorithm)), isOpen)
        } catch {
            throw FileFault(text: "\(path)/\(file) \(error.problem)")
        }
    }

    private static func read(
        _ path: String
    ) throws(FileFault) -> (bytes: [UInt8], isOpenToOthers: Bool) {
        do throws(RegularFile.Fault) {
            let file = try RegularFile(path)
            let bytes = try file.bytes(upTo: fileLimit)
            if bytes.count <= fileLimit { return (bytes, file.permissions & 0o007 != 0) }
        } catch {
            throw FileFault(text: "\(path): \(error.text)")
        }
        throw FileFault(text: "\(path) has more than \(fileLimit) bytes")
    }
}
