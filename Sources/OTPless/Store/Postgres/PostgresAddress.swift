import CPostgres
import Loop

/// Where a PostgreSQL is and how to log in there: what libpq makes of a URL, and our time limits.
///
/// Its description is the URL without the password.
package struct PostgresAddress: Sendable, CustomStringConvertible {
    package let description: String

    /// libpq's keywords with their values.
    private let parameters: [String: String]

    /// What holds unless the URL says otherwise.
    private static let defaults = [
        // Kerberos is asked for over the network, which blocks.
        "gssencmode": "disable",
        "application_name": "otpless",
        "client_encoding": "UTF8",
        // A standby takes no logins: another host is tried, or this one again when it is the primary.
        "target_session_attrs": "read-write",
        "connect_timeout": "5",
        "tcp_user_timeout": "6000",
        "keepalives": "1",
        "keepalives_idle": "5",
        "keepalives_interval": "2",
        "keepalives_count": "3",
    ]

    /// In milliseconds; what the URL's own options say stands behind them, and the last one counts.
    ///
    /// A node that was cut off holds its locks no longer than others wait for them.
    private static let options =
        "-c statement_timeout=5000 -c lock_timeout=3000 -c idle_in_transaction_session_timeout=2000 "
        + "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"

    /// Reads `postgres://user:password@host:port/database?sslmode=…`, as libpq does.
    ///
    /// - Throws: `StoreError` for a URL that libpq cannot read.
    package init(_ url: String) throws(StoreError) {
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            throw .unavailable("a PostgreSQL database's address begins with postgres://")
        }
        var given = try PostgresHandle.parameters(of: url)
        guard given["service"] == nil else {
            throw .unavailable("the database's address names a service, which is not supported")
        }
        guard Self.isPlausible(given) else {
            throw .unavailable(
                "the database's address cannot be read: percent-encode / and @ in the password")
        }
        description = Self.withoutPassword(url)
        given.merge(Self.defaults) { given, _ in given }
        given["options"] = given["options"].map { "\(Self.options) \($0)" } ?? Self.options
        if given["host"] == nil, given["hostaddr"] == nil {
            given.merge(PostgresHandle.defaultPlace()) { given, _ in given }
        }
        parameters = given
    }

    /// Whether no part of a password that was not encoded has become a host, a port or a database, which
    /// are shown.
    private static func isPlausible(_ given: [String: String]) -> Bool {
        let ports = given["port"] ?? ""
        return ports.allSatisfy { $0.isASCII && $0.isNumber || $0 == "," }
            && given["host"]?.dropFirst().contains("@") != true
            && given["user"]?.contains { "@?=".contains($0) } != true
            && given["dbname"]?.contains { "@/:".contains($0) } != true
    }

    /// A URL as it was given, but for its passwords; user and query are found as libpq finds them.
    private static func withoutPassword(_ url: String) -> String {
        let start = url.index(url.firstIndex(of: "/") ?? url.startIndex, offsetBy: 2)
        let end = url[start...].firstIndex { "@/".contains($0) } ?? url.endIndex
        let hasUser = end < url.endIndex && url[end] == "@"
        let user = hasUser ? url[start..<end].prefix { $0 != ":" } : ""
        let rest = url[(hasUser ? end : start)...]
            .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let query = rest.dropFirst().flatMap { $0.split(separator: "&") }
            .filter { parameter in
                let name = parameter.prefix { $0 != "=" }
                // One that is percent-encoded may be any.
                return !name.contains("%") && !name.lowercased().contains("password")
            }
        let mark = query.isEmpty ? "" : "?"
        return url[..<start] + user + (rest.first ?? "") + mark + query.joined(separator: "&")
    }

    /// A text without the password, should it ever hold it.
    func redacted(_ text: String) -> String {
        guard let password = parameters["password"], !password.isEmpty else { return text }
        return text.split(separator: password, omittingEmptySubsequences: false)
            .joined(separator: "***")
    }

    // MARK: Hosts

    private var hosts: [String] {
        parameters["host"]?.split(separator: ",", omittingEmptySubsequences: false)
            .map(String.init) ?? []
    }

    /// The hosts whose addresses have to be looked up.
    var names: [String] {
        guard parameters["hostaddr"] == nil else { return [] }
        return hosts.filter { !Self.isSocket($0) && IPAddress($0) == nil }
    }

    /// A folder, or an abstract socket; libpq's own default is one as well.
    private static func isSocket(_ host: String) -> Bool {
        host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@")
    }

    /// What libpq is given to connect: one host for each address, so that it looks up none.
    ///
    /// Another try begins with another address: libpq itself would wait long for one that is mute.
    /// Nil when no host has an address.
    func arguments(
        addresses: [String: [String]], try number: Int
    ) -> [(keyword: String, value: String)]? {
        var arguments = parameters
        if parameters["hostaddr"] == nil, parameters["host"] != nil {
            var places = places(addresses)
            guard !places.isEmpty else { return nil }
            let first = number % places.count
            places = Array(places[first...] + places[..<first])
            arguments["host"] = places.map(\.host).joined(separator: ",")
            arguments["hostaddr"] = places.map(\.address).joined(separator: ",")
            arguments["port"] = places.map(\.port).joined(separator: ",")
        }
        return arguments.map { ($0.key, $0.value) }
    }

    private typealias Place = (host: String, address: String, port: String)

    private func places(_ addresses: [String: [String]]) -> [Place] {
        let ports = (parameters["port"] ?? "")
            .split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return hosts.enumerated().flatMap { index, host -> [Place] in
            let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
            if Self.isSocket(host) { return [(host, "", port)] }
            if IPAddress(host) != nil { return [(host, host, port)] }
            return (addresses[host] ?? []).map { (host, $0, port) }
        }
    }
}
