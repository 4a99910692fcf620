import OTPless
import Wire

/// What the server sends to browsers beside the API: the login page, the client for other sites, and what
/// the API is.
struct Site {
    private let page: LoginPage
    private let parts: PageParts
    private let script: Asset
    private let classicScript: Asset
    private let types: Asset
    private let documents: Documents

    /// The client names its parts by their hashes and holds settings, so a change has to get through
    /// soon; but who goes from page to page of a site need not ask each time.
    private static let short: HeaderFields =
        [("Cache-Control", "public, max-age=300")] + PageParts.open

    /// - Throws: what is wrong with the files that the configuration names.
    init(_ config: Config) throws(ConfigError) {
        let logo = try Logo.read(config)?.file
        parts = PageParts(PageFile.parts + PageFile.words, logo: logo)
        page = LoginPage(config, parts)
        let client = ClientScript(
            PackageResources.otpless_js, setup: ClientSetup.json(config, parts))
        func asset(_ bytes: [UInt8], _ type: StaticString) -> Asset {
            Asset(bytes, type, headers: Self.short)
        }
        script = asset(client.module, "text/javascript; charset=utf-8")
        classicScript = asset(client.classic, "text/javascript; charset=utf-8")
        documents = Documents(config, parts)
        types = asset(PackageResources.otpless_d_ts, "text/plain; charset=utf-8")
    }

    /// Adds the paths of all of it.
    func add(to router: inout Router) {
        router.on(.get, "/", page.answer)
        router.on(.get, "/otpless.js", script.answer)
        router.on(.get, "/otpless.classic.js", classicScript.answer)
        router.on(.get, "/otpless.d.ts", types.answer)
        router.on(.get, "/openapi.json", documents.description.answer)
        router.on(.get, "/docs", documents.page.answer)
        router.on(.get, "/assets/{name}", parts.answer)
    }
}
