import Wire

extension Headers {
    /// What proxies and tunnels say of whom they ask for, beside `X-Forwarded-*`.
    private static let forwarding: Set<String> = [
        "forwarded", "via", "x-real-ip", "x-client-ip", "client-ip", "true-client-ip",
        "cf-connecting-ip", "x-cluster-client-ip", "x-original-forwarded-for",
    ]

    /// Whether a proxy says that it passes on what somebody else sent; which one does not matter.
    var tellOfForwarding: Bool {
        contains { name, _ in
            let name = name.lowercased()
            return name.hasPrefix("x-forwarded-")
                || Self.forwarding.contains(name)
        }
    }
}
