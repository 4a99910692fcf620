/// Where everything is kept.
public enum DatabaseLocation: Sendable {
    /// A file of this machine.
    case sqlite(path: String)

    /// A PostgreSQL, by the URL that libpq understands; it may hold a password.
    case postgres(url: Secret)

    /// Reads `sqlite:PATH` or `postgres://user@host/db`; nil for anything else.
    public init?(_ text: String) {
        if text.hasPrefix("sqlite:"), text.utf8.count > 7 {
            self = .sqlite(path: String(text.dropFirst(7)))
        } else if (try? PostgresAddress(text)) != nil {
            self = .postgres(url: Secret(text))
        } else {
            return nil
        }
    }
}

extension DatabaseLocation: CustomStringConvertible {
    /// For people: the file's path, or the URL without its password.
    public var description: String {
        switch self {
        case .sqlite(let path): path
        case .postgres(let url):
            (try? PostgresAddress(url.text)).map(\.description) ?? "postgres://"
        }
    }
}
