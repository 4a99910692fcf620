import Loop

extension WebURL {
    /// Whether two URLs may be of one site: of one scheme, and of one host or two hosts of one domain.
    ///
    /// The last two labels stand for the domain, because the list of public suffixes is not at hand:
    /// what is said to be of another site is, but `a.co.uk` and `b.co.uk` are not told apart.
    /// **Source**: WHATWG HTML, "schemelessly same site" and "same site".
    func isOfSameSite(as other: WebURL) -> Bool {
        guard isHTTPS == other.isHTTPS else { return false }
        if name == other.name { return true }
        guard let domain, let otherDomain = other.domain else { return false }
        return domain == otherDomain
    }

    /// Nil for addresses, and for names without a dot.
    private var domain: [Substring]? {
        let labels = name.split(separator: ".")
        guard IPAddress(name) == nil, labels.count >= 2 else { return nil }
        return labels.suffix(2)
    }
}
