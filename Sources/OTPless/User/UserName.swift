/// A name a person may give: 1 to 100 Unicode scalars, no control characters, trimmed.
public enum UserName {
    /// Checks a name from a request and returns it trimmed.
    ///
    /// - Throws: `INVALID_NAME`, with the published details where it is absent, no string or blank.
    public static func parse(_ value: JSONValue?) throws(Failure) -> String {
        guard let text = value?.string else { throw Failure(.invalidName, field: "name") }
        let name = text.trimmed
        guard name.unicodeScalars.contains(where: \.isVisible) else {
            throw Failure(.invalidName, field: "name")
        }
        let hasControl = name.unicodeScalars.contains {
            $0.properties.generalCategory == .control
                || $0.properties.generalCategory == .lineSeparator
                || $0.properties.generalCategory == .paragraphSeparator
        }
        guard name.unicodeScalars.count <= 100, !hasControl else {
            throw Failure(
                .invalidName, field: "name",
                details: "Name must be 1 to 100 characters without control characters")
        }
        return name
    }
}

extension Unicode.Scalar {
    /// Whether a reader sees anything of it: not a space, and no mark that only steers the layout.
    fileprivate var isVisible: Bool {
        !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
            && properties.generalCategory != .format
    }
}

extension String {
    /// Without Unicode white space at both ends.
    var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }
}
