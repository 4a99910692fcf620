import OTPless
import Wire

/// What the server sends to browsers beside the API: the login page, the client for other sites, and what
/// the API is.
///
/// Made when the first browser comes: a server that only programs call starts without.
struct Site {
    private let files: MadeOnce<SiteFiles>

    /// - Throws: what is wrong with the files that the configuration names.
    init(_ config: Config) throws(ConfigError) {
        let logo = try Logo.read(config)?.file
        files = MadeOnce("pages") { SiteFiles(config, logo: logo) }
    }

    /// Adds the paths of all of it.
    func add(to router: inout Router) {
        let files = files
        func on(_ path: String, _ answer: @escaping @Sendable (SiteFiles, Request) -> Reply) {
            router.on(.get, path) { request in files.reply { answer($0, request) } }
        }
        on("/") { $0.page.answer($1) }
        on("/otpless.js") { $0.script.answer($1) }
        on("/otpless.classic.js") { $0.classicScript.answer($1) }
        on("/otpless.d.ts") { $0.types.answer($1) }
        on("/assets/{name}") { $0.parts.answer($1) }
        on("/openapi.json") { files, request in files.description.reply { $0.answer(request) } }
        on("/docs") { files, request in files.docs.reply { $0.answer(request) } }
    }
}

/// The files of a site, in the forms in which they are sent.
struct SiteFiles: Sendable {
    let page: LoginPage
    let parts: PageParts
    let script: Asset
    let classicScript: Asset
    let types: Asset
    let description: MadeOnce<Asset>
    let docs: MadeOnce<Asset>

    /// The client names its parts by their hashes and holds settings, so a change has to get through
    /// soon; but who goes from page to page of a site need not ask each time.
    private static let short: HeaderFields =
        [("Cache-Control", "public, max-age=300")] + PageParts.open

    init(_ config: Config, logo: PageFile?) {
        let parts = PageParts(PageFile.parts + PageFile.words, logo: logo)
        self.parts = parts
        page = LoginPage(config, parts)
        let client = ClientScript(
            PackageResources.otpless_js, setup: ClientSetup.json(config, parts))
        func asset(_ bytes: [UInt8], _ type: StaticString) -> Asset {
            Asset(bytes, type, headers: Self.short)
        }
        script = asset(client.module, "text/javascript; charset=utf-8")
        classicScript = asset(client.classic, "text/javascript; charset=utf-8")
        types = asset(PackageResources.otpless_d_ts, "text/plain; charset=utf-8")
        description = MadeOnce("documents") { Documents.description(config) }
        docs = MadeOnce("documents") { Documents.page(config, parts) }
    }
}
