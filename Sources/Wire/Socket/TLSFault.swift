/// Why a certificate or its key cannot be used, as the end of a sentence; never shows what they hold.
public enum TLSFault: Error, Equatable, Sendable {
    /// The certificate, or its chain, is at fault.
    case certificate(String)

    /// The private key is at fault.
    case key(String)
}
