/// How many connections a server bears at the same time, all its loops together.
public struct ConnectionLimits: Sendable {
    /// All connections; best below what the descriptor limit allows.
    public var total = Int.max

    /// Those of one client: of one IPv4 address, or of one /64 of IPv6.
    ///
    /// Only addresses of the internet are counted so. Behind a loopback or a private address there may be a
    /// reverse proxy with everybody's connections.
    public var perClient = Int.max

    /// No limits.
    public init() {}
}
