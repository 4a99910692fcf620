import OTPless
import Wire

/// What the API is, for tools and for people: `GET /openapi.json` and `GET /docs`.
struct Documents {
    /// The OpenAPI document.
    let description: Asset

    /// The same as a page.
    let page: Asset

    /// Writes both; they stay as they are while the server runs.
    init(_ config: Config, _ parts: PageParts) {
        let tree = APIDocument(config).tree
        // It holds nothing that is anybody's own: tools on any page may read it.
        description = Asset(
            tree.bytes, "application/json",
            headers: [("Cache-Control", "no-cache")] + PageParts.open)
        page = Asset(
            DocsPage(document: tree, style: parts.path(of: "docs.css") ?? "").html,
            "text/html; charset=utf-8", headers: PageHeaders.page(config))
    }
}
