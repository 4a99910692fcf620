import Loop
import OTPless
import Wire

/// Who asks: the other end of the connection, or whom a trusted proxy there asks for.
struct ClientAddresses: Sendable {
    private let proxies: [IPNetwork]
    private let log: Log
    private let strangers = Strangers()

    /// Proxies that nobody has told the server of; a few are enough to say so.
    private final class Strangers: Sendable {
        static let limit = 8
        let peers = Locked<[IPAddress]>([])
    }

    init(_ app: App) {
        proxies = app.config.trustedProxies
        log = app.log
    }

    /// The address of whoever asks; `address.client` is what a limit counts by.
    ///
    /// Each trusted proxy has written behind `X-Forwarded-For` who asked it. What stands left of the
    /// first address that is no trusted proxy, or of what is no address, anybody may have written.
    func address(of request: Request) -> IPAddress {
        var address = request.peer.ip
        guard isTrusted(address) else {
            if address.isPrivate, request.headers.tellOfForwarding { note(address) }
            return address
        }
        for line in request.headers.values(of: "x-forwarded-for").reversed() {
            // Empty elements of a list are none (RFC 9110 §5.6.1.2).
            for element in line.split(separator: ",").reversed() {
                let words = element.split { $0 == " " || $0 == "\t" }
                if words.isEmpty { continue }
                guard words.count == 1, let next = IPAddress(forwarded: words[0]) else {
                    return address
                }
                address = next
                guard isTrusted(address) else { return address }
            }
        }
        return address
    }

    /// What an operator should know of proxies that are not trusted.
    var warnings: [String] { strangers.peers.withLock { $0 }.map(Self.warning) }

    private func isTrusted(_ address: IPAddress) -> Bool {
        proxies.contains { $0.contains(address) }
    }

    private func note(_ peer: IPAddress) {
        let isNew = strangers.peers.withLock { peers in
            guard peers.count < Strangers.limit, !peers.contains(peer) else { return false }
            peers.append(peer)
            return true
        }
        guard isNew else { return }
        log.write(.warning, "proxy not trusted", ["warning": .text(Self.warning(of: peer))])
    }

    private static func warning(of peer: IPAddress) -> String {
        "a forwarding header came from \(peer), which is not in OTPLESS_TRUSTED_PROXIES: all clients "
            + "behind it share one limit"
    }
}

extension IPAddress {
    /// Parses an element of `X-Forwarded-For`; some proxies write a port behind the address, and an
    /// IPv6 address in brackets.
    fileprivate init?(forwarded text: Substring) {
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]"), Self.isPort(text[end...].dropFirst()) else {
                return nil
            }
            let host = text[..<end].dropFirst()
            guard host.contains(":") else { return nil }
            self.init(host)
        } else if let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon {
            guard Self.isPort(text[colon...]) else { return nil }
            self.init(text[..<colon])
        } else {
            self.init(text)
        }
    }

    /// Nothing, or a colon and a number.
    private static func isPort(_ text: Substring) -> Bool {
        let digits = text.dropFirst()
        return text.isEmpty
            || text.hasPrefix(":") && UInt16(digits) != nil
                && digits.utf8.allSatisfy { 0x30...0x39 ~= $0 }
    }
}
