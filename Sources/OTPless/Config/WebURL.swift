/// An http or https URL of the configuration: scheme, host, port, perhaps a path, and nothing else.
struct WebURL {
    /// `https://login.example.com`, without the scheme's own port, as browsers write it (RFC 6454 §6.1).
    let origin: String

    /// The host, with its port unless that is the scheme's own.
    let authority: String

    /// The host alone; an IPv6 address without its brackets.
    var name: String { host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host }

    private let path: String
    let isHTTPS: Bool
    private let host: String

    /// Nil for another scheme, an empty host, user information, a query or a fragment.
    init?(_ text: String) {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, ["http", "https"].contains(parts[0].lowercased()),
            parts[1].utf8.allSatisfy({ 0x21...0x7E ~= $0 && !"?#@\\".utf8.contains($0) })
        else { return nil }
        isHTTPS = parts[0].lowercased() == "https"
        let rest = parts[1].prefix { $0 != "/" }.lowercased()
        path = String(parts[1].drop { $0 != "/" })
        guard let (host, port) = Self.hostAndPort(rest) else { return nil }
        self.host = host
        let isDefault = port == nil || port == (isHTTPS ? 443 : 80)
        authority = isDefault ? host : "\(host):\(port ?? 0)"
        origin = (isHTTPS ? "https://" : "http://") + authority
    }

    /// The URL as it is put in front of paths: without a slash at its end.
    var base: String {
        origin + String(path.reversed().drop { $0 == "/" }.reversed())
    }

    /// Whether secrets may go there: https, or http that does not leave the machine.
    var isSafe: Bool { isHTTPS || ["127.0.0.1", "localhost", "[::1]"].contains(host) }

    private static func hostAndPort(_ text: String) -> (host: String, port: UInt16?)? {
        let end = text.hasPrefix("[") ? text.firstIndex(of: "]").map(text.index(after:)) : nil
        let colon = (end.map { text[$0...] } ?? text[...]).firstIndex(of: ":")
        let host = String(text[..<(colon ?? text.endIndex)])
        guard !host.isEmpty, !host.hasPrefix("[") || end != nil else { return nil }
        guard let colon else { return (host, nil) }
        let digits = text[text.index(after: colon)...]
        guard digits.allSatisfy(\.isASCIIDigit), let port = UInt16(digits) else { return nil }
        return (host, port)
    }
}
