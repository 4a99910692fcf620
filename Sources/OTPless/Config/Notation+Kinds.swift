import Loop

extension Notation where Value == [IPNetwork] {
    /// Addresses and blocks of them.
    static let networks = list(
        "must be addresses or CIDRs such as 127.0.0.1,10.0.0.0/8,2001:db8::/32, with no bits behind a "
            + "prefix"
    ) { IPNetwork($0) }
}

extension Notation where Value == [String] {
    /// Addresses to listen on: a literal address or `localhost`, and a port; names are not resolved.
    static let addresses = list(
        "must be addresses such as 127.0.0.1:8080 or [::1]:8080, several with commas"
    ) { isAddress($0) ? $0 : nil }

    /// Origins as browsers send them.
    static let origins = list(
        "must be origins such as https://example.com, several with commas"
    ) { text in WebURL(text).flatMap { $0.origin == $0.base ? $0.origin : nil } }

    private static func isAddress(_ text: String) -> Bool {
        guard let colon = text.lastIndex(of: ":"),
            text[text.index(after: colon)...].allSatisfy(\.isASCIIDigit),
            UInt16(text[text.index(after: colon)...]) != nil
        else { return false }
        let host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.dropFirst().dropLast().allSatisfy {
                $0.isHexDigit || $0 == ":" || $0 == "."
            }
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }
}

extension Notation where Value == String {
    /// The public URL, kept without a slash at its end.
    static let publicURL = text(
        "must be an http or https URL of at most 256 bytes, without a query"
    ) { $0.utf8.count <= 256 ? WebURL($0)?.base : nil }

    /// A URL that secrets may be sent to.
    static let safeURL = text("must be an https URL; http is allowed on loopback only") { text in
        WebURL(text).flatMap { $0.isSafe ? $0.base : nil }
    }

    /// The name in messages, fit for a template's variable: Meta refuses four spaces in a row.
    static let appName = text(
        "must have at most 60 characters, one of them visible, and no four spaces in a row"
    ) { $0.utf16.count <= 60 && !$0.trimmed.isEmpty && !$0.contains("    ") ? $0 : nil }

    /// A file's path.
    static let path = text("must be a path") { $0 }

    /// `v26.0`: a version of the Graph API.
    static let apiVersion = text("must look like v26.0") { text in
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        let isVersion =
            text.hasPrefix("v") && parts.count == 2
            && parts.allSatisfy { 1...3 ~= $0.count && $0.allSatisfy(\.isASCIIDigit) }
        return isVersion ? text : nil
    }

    /// A provider's id.
    static let digits = text("must consist of digits") { $0.allSatisfy(\.isASCIIDigit) ? $0 : nil }

    /// A phone number, kept as it was written.
    static let phoneNumber = text("must be a phone number with + and country code") {
        PhoneNumber($0) == nil ? nil : $0
    }
}

extension Notation where Value == Secret {
    /// A secret that goes into a header.
    static let headerSecret = secret("must be visible ASCII without spaces") {
        $0.bytes.allSatisfy { 0x21...0x7E ~= $0 }
    }
}

extension Notation where Value == Bool {
    /// A switch.
    static let onOff = Notation(expectation: "must be on or off") { text in
        ["on": true, "off": false][text]
    } print: {
        $0 ? "on" : "off"
    }
}

extension Notation where Value == SigningAlgorithm {
    /// The name of an algorithm; names are case-sensitive (RFC 7515 §4.1.1).
    static let algorithm = Notation(expectation: "must be HS256, ES256 or EdDSA") { text in
        SigningAlgorithm(rawValue: text)
    } print: {
        $0.rawValue
    }
}

extension Notation where Value == MessageTemplate {
    /// A template with its languages.
    static let template = Notation(
        expectation: "must be a template's name and languages, such as login_confirm:en,es,pt_BR"
    ) {
        MessageTemplate($0)
    } print: {
        $0.description
    }
}

extension Notation where Value == Set<Login.Method> {
    /// Methods with commas between them.
    static let methods = Notation(expectation: "must be prompt, link, or both with a comma") {
        text in
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let methods = parts.compactMap { part in
            Login.Method.allCases.first { $0.name == String(part).trimmed }
        }
        let isFit = methods.count == parts.count && Set(methods).count == parts.count
        return isFit ? Set(methods) : nil
    } print: { methods in
        Login.Method.allCases.filter(methods.contains).map(\.name).joined(separator: ",")
    }
}

extension Notation where Value == Confirmation {
    /// What confirms.
    static let confirmation = Notation(expectation: "must be tap or match") { text in
        Confirmation(rawValue: text)
    } print: {
        $0.rawValue
    }
}

extension Notation where Value == DatabaseLocation {
    /// `sqlite:PATH` or a URL of PostgreSQL, of which the password is never printed.
    static let database = Notation(
        expectation:
            "must be sqlite:PATH or postgres://USER@HOST/DATABASE, its password percent-encoded, "
            + "with libpq's parameters"
    ) { text in
        DatabaseLocation(text)
    } print: { location in
        if case .sqlite(let path) = location { return "sqlite:\(path)" }
        return "\(location)"
    }
}
