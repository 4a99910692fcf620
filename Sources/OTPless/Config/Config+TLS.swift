extension Config {
    /// The files with which the server speaks TLS, both of them paths.
    public struct TLS: Equatable, Sendable {
        /// The certificate and those that lead to its root, in PEM.
        public var certificate: String?

        /// The certificate's key, in PEM.
        public var key: String?
    }

    /// The host of the public URL: what a certificate has to be for.
    public var publicHost: String? { WebURL(publicURL)?.name }

    /// One file without the other is neither TLS nor none.
    func tlsFaults(besides faults: [ConfigFault]) -> [ConfigFault] {
        // A path that cannot be read as one was meant all the same.
        guard !faults.contains(where: { $0.name.hasPrefix("OTPLESS_TLS_") }) else { return [] }
        return switch (tls.certificate, tls.key) {
        case (.some, nil):
            [ConfigFault(name: "OTPLESS_TLS_KEY", problem: Self.missing("OTPLESS_TLS_CERTIFICATE"))]
        case (nil, .some):
            [ConfigFault(name: "OTPLESS_TLS_CERTIFICATE", problem: Self.missing("OTPLESS_TLS_KEY"))]
        default: []
        }
    }

    private static func missing(_ other: String) -> String {
        "is required where \(other) is set: TLS needs both"
    }
}
