import OTPless
import Wire

/// What the API is, for tools and for people.
///
/// Each takes some 50 ms to write.
enum Documents {
    /// `GET /openapi.json`: the OpenAPI document.
    static func description(_ config: Config) -> Asset {
        // It holds nothing that is anybody's own: tools on any page may read it.
        Asset(
            APIDocument(config).tree.bytes, "application/json",
            headers: [("Cache-Control", "no-cache")] + PageParts.open)
    }

    /// `GET /docs`: the same as a page.
    static func page(_ config: Config, _ parts: PageParts) -> Asset {
        let style = parts.path(of: "docs.css") ?? ""
        return Asset(
            DocsPage(document: APIDocument(config).tree, style: style).html,
            "text/html; charset=utf-8", headers: PageHeaders.page(config))
    }
}
