extension Request {
    /// Whether the client has the representation with this entity tag already: then a 304 will do.
    ///
    /// Compared weakly (RFC 9110 §8.8.3.2, §13.1.2). A tag that is malformed is none, and what stands
    /// before and behind it counts all the same.
    ///
    /// - Parameter tag: A strong tag with its quotes.
    public func alreadyHas(_ tag: String) -> Bool {
        headers.values(of: "if-none-match").contains { line in
            Self.tags(line).contains { $0 == "*" || $0 == tag }
        }
    }

    /// The opaque tags of a list, with their quotes: in them a comma separates nothing.
    private static func tags(_ line: String) -> [Substring] {
        var (tags, rest) = ([Substring](), line[...])
        while let start = rest.firstIndex(where: { $0 == "\"" || $0 == "*" }) {
            guard rest[start] == "\"" else {
                // Alone it stands for any (§13.1.2); in a list it is nothing.
                return tags.isEmpty && line == "*" ? ["*"] : tags
            }
            let inside = rest.index(after: start)
            guard let end = rest[inside...].firstIndex(of: "\"") else { break }
            tags.append(rest[start...end])
            rest = rest[rest.index(after: end)...]
        }
        return tags
    }
}
