extension Router {
    /// What a page may do: nothing from elsewhere, nothing inline, no frame around it.
    private static let policy = """
        default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
        form-action 'self'; frame-ancestors 'none'
        """

    /// Serves fixed bytes: a page or a part of one.
    ///
    /// Source: W3C Content Security Policy Level 3, Referrer Policy.
    public mutating func asset(_ path: String, _ contentType: StaticString, _ bytes: [UInt8]) {
        let response = Response(
            status: 200, contentType: contentType,
            headers: [
                ("Cache-Control", "no-cache"), ("Content-Security-Policy", Self.policy),
                ("Referrer-Policy", "no-referrer"),
            ], body: bytes)
        on(.get, path) { _ in .now(response) }
    }
}
