import OTPless
import Wire

/// The certificate and the key that the configuration names, read and found to belong together.
struct TLSFiles {
    let context: TLSContext
    let warnings: [String]

    /// A chain has a few KiB; what is larger is another file.
    private static let limit = 256 << 10
    private static let certificateName = "OTPLESS_TLS_CERTIFICATE"
    private static let keyName = "OTPLESS_TLS_KEY"

    /// Nil where TLS is not configured.
    ///
    /// - Parameter former: What the server speaks so far; its sessions can then be resumed.
    static func read(
        _ config: Config, succeeding former: TLSContext? = nil
    ) throws(ConfigError) -> TLSFiles? {
        guard let certificate = config.tls.certificate, let key = config.tls.key else { return nil }
        let files = (Content(certificate, certificateName), Content(key, keyName))
        let faults = [files.0.fault, files.1.fault].compactMap { $0 }
        guard faults.isEmpty else { throw ConfigError(faults: faults) }
        do throws(TLSFault) {
            let pem = (files.0.bytes, files.1.bytes)
            let context =
                if let former {
                    try former.renewed(certificate: pem.0, key: pem.1)
                } else {
                    try TLSContext(certificate: pem.0, key: pem.1)
                }
            return TLSFiles(
                context: context, warnings: warnings(context, files.1.isOpenToOthers, config))
        } catch {
            throw ConfigError(faults: [fault(error, config)])
        }
    }

    private static func fault(_ fault: TLSFault, _ config: Config) -> ConfigFault {
        switch fault {
        case .certificate(let problem):
            ConfigFault(
                name: certificateName, problem: "\(config.tls.certificate ?? "") \(problem)")
        case .key(let problem):
            ConfigFault(name: keyName, problem: "\(config.tls.key ?? "") \(problem)")
        }
    }

    private static func warnings(
        _ context: TLSContext, _ keyIsOpen: Bool, _ config: Config
    ) -> [String] {
        var warnings: [String] = []
        if !context.hasBegun { warnings.append("\(certificateName) is not valid yet") }
        switch context.daysLeft {
        case ..<0: warnings.append("\(certificateName) has expired")
        case let days where days < 14:
            warnings.append("\(certificateName) expires within \(days + 1) days")
        default: break
        }
        if let host = config.publicHost, !context.certifies(host: host) {
            warnings.append("\(certificateName) is not for \(host), the host of OTPLESS_PUBLIC_URL")
        }
        if keyIsOpen {
            warnings.append("\(keyName): others may read this key; chmod 640 it, or 600")
        }
        return warnings
    }

    /// One of the two files, or what keeps it from being read.
    private struct Content {
        private(set) var bytes: [UInt8] = []
        private(set) var isOpenToOthers = false
        private(set) var fault: ConfigFault?

        init(_ path: String, _ name: String) {
            do throws(RegularFile.Fault) {
                let file = try RegularFile(path)
                bytes = try file.bytes(upTo: TLSFiles.limit)
                isOpenToOthers = file.permissions & 0o007 != 0
                if bytes.count > TLSFiles.limit {
                    fault = ConfigFault(
                        name: name, problem: "\(path) has more than \(TLSFiles.limit) bytes")
                }
            } catch {
                fault = ConfigFault(name: name, problem: "\(path): \(error.text)")
            }
        }
    }
}
