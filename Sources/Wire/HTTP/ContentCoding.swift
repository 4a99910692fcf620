/// How the bytes of a representation are written for the way: as they are, or compressed.
///
/// Source: RFC 9110 §8.4.1, RFC 7932.
public enum ContentCoding: String, CaseIterable, Sendable {
    case brotli = "br"
    case gzip
    case identity
}

extension Request {
    /// The coding this client wants most of those that there are, the smallest where it does not care.
    ///
    /// What is malformed counts as not said. A client that refuses all there are gets `identity`: it
    /// may be wrong about itself (RFC 9110 §12.1), and there is no other reply that serves it better.
    public func contentCoding(among available: [ContentCoding]) -> ContentCoding {
        let wanted = AcceptEncoding(headers.values(of: "accept-encoding"))
        let weighed = available.map { (coding: $0, weight: wanted.weight($0)) }
        let best = weighed.filter { $0.weight > 0 }.max { $0.weight < $1.weight }
        // The first of equals, where `max` takes the last.
        return weighed.first { $0.weight == best?.weight }?.coding ?? .identity
    }
}

/// What `Accept-Encoding` says (RFC 9110 §12.5.3).
private struct AcceptEncoding {
    /// Thousandths, as the grammar has three decimals.
    private var weights: [String: Int] = [:]

    init(_ lines: [String]) {
        for element in lines.joined(separator: ",").split(separator: ",") {
            let parts = element.split(separator: ";").map { $0.trimmingBlanks().lowercased() }
            guard let name = parts.first, !name.isEmpty, let weight = Self.weight(parts.dropFirst())
            else { continue }
            // An old name of the same (§8.4.1.3).
            weights[name == "x-gzip" ? "gzip" : name] = weight
        }
    }

    func weight(_ coding: ContentCoding) -> Int {
        if let said = weights[coding.rawValue] ?? weights["*"] { return said }
        // Unless it is excluded, it is acceptable; whoever names another wants that more.
        return coding == .identity ? 1 : 0
    }

    /// Nil when it is none; 1 where it is not said.
    private static func weight(_ parameters: ArraySlice<String>) -> Int? {
        guard let parameter = parameters.first else { return 1000 }
        guard parameter.hasPrefix("q=") else { return nil }
        let digits = parameter.dropFirst(2).split(
            separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let decimals = digits.count == 2 ? digits[1] : ""
        guard digits[0] == "0" || digits[0] == "1", decimals.utf8.count <= 3,
            decimals.utf8.allSatisfy(\.isDigit),
            let value = Int(digits[0] + decimals + String("000".dropFirst(decimals.utf8.count)))
        else { return nil }
        return value <= 1000 ? value : nil
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> String {
        String(decoding: ArraySlice(utf8).trimmingBlanks(), as: UTF8.self)
    }
}
