import OTPless

/// The image that the configuration names, read and found to be one.
struct Logo {
    /// Named by its kind, whatever the file is called: `logo.svg`.
    let file: PageFile

    private static let name = "OTPLESS_APP_LOGO"

    /// Every visitor loads it.
    private static let limit = 256 << 10

    /// Nil where none is configured.
    static func read(_ config: Config) throws(ConfigError) -> Logo? {
        guard let path = config.appLogo else { return nil }
        let bytes = try bytes(path)
        guard let kind = ImageKind(of: bytes) else {
            throw fault("\(path) is no SVG, PNG, JPEG or WebP image")
        }
        return Logo(file: PageFile("logo." + kind.rawValue, bytes))
    }

    private static func bytes(_ path: String) throws(ConfigError) -> [UInt8] {
        do throws(RegularFile.Fault) {
            let file = try RegularFile(path)
            // Told by its size, a large file need not be read; of others the size may be wrong.
            let bytes = file.size > limit ? [] : try file.bytes(upTo: limit)
            if file.size <= limit, bytes.count <= limit { return bytes }
        } catch {
            throw fault("\(path): \(error.text)")
        }
        throw fault("\(path) has more than \(limit >> 10) KiB")
    }

    private static func fault(_ problem: String) -> ConfigError {
        ConfigError(faults: [ConfigFault(name: name, problem: problem)])
    }
}
