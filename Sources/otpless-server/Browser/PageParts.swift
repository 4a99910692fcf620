import OTPless
import Wire

/// What pages are made of: each part at a path that names its bytes, so that browsers keep it for good.
struct PageParts: Sendable {
    private var assets: [String: Asset] = [:]
    private var names: [String: String] = [:]

    /// Where the logo lies, if there is one.
    private(set) var logo: String?

    private static let folder = "/assets/"

    /// Sites on other origins load the client and its parts, also where they are isolated from others
    /// (Fetch Standard §3.3, §3.7).
    static let open: HeaderFields = [
        ("Access-Control-Allow-Origin", "*"), ("Cross-Origin-Resource-Policy", "cross-origin"),
    ]

    /// RFC 8246: it never changes, so a browser need not ask even when its user reloads.
    private static let lasting: HeaderFields =
        [("Cache-Control", "public, max-age=31536000, immutable")] + open

    private static let types: [Substring: StaticString] = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "json": "application/json; charset=utf-8", "svg": "image/svg+xml", "png": "image/png",
        "jpeg": "image/jpeg", "webp": "image/webp",
    ]

    /// An image that is opened by itself may be drawn, but may do nothing: somebody else made it.
    private static let harmless: HeaderFields = [
        ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
    ]

    init(_ files: [PageFile], logo: PageFile?) {
        for file in files { add(file, headers: Self.lasting) }
        if let logo { add(logo, headers: Self.lasting + Self.harmless) }
        self.logo = logo.flatMap { path(of: $0.name) }
    }

    private mutating func add(_ file: PageFile, headers: HeaderFields) {
        guard let dot = file.name.lastIndex(of: "."),
            let type = Self.types[file.name[file.name.index(after: dot)...]]
        else { return }
        let isCompressed = ["png", "jpeg", "webp"].contains(
            file.name[file.name.index(after: dot)...])
        let asset = Asset(file.bytes, type, headers: headers, isCompressible: !isCompressed)
        let name = file.name[..<dot] + "." + asset.hash + file.name[dot...]
        assets[String(name)] = asset
        names[file.name] = String(name)
    }

    /// Where a file is served, such as `/assets/page.q0hz4bE-Tn1XkOaM.css`.
    func path(of file: String) -> String? { names[file].map { Self.folder + $0 } }

    /// Answers `GET /assets/{name}`.
    @Sendable func answer(_ request: Request) -> Reply {
        let name = request.parameters.first?.value ?? ""
        if let asset = assets[name] { return asset.answer(request) }
        guard let path = successor(of: name) else {
            return .now(Response(Failure(.notFound)))
        }
        return .now(
            Response(
                status: 302,
                headers: [("Location", path), ("Cache-Control", "no-store")] + Self.open))
    }

    /// Where the file is now: whoever was here before an update may still have the page of then.
    private func successor(of name: String) -> String? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 3 ? path(of: "\(parts[0]).\(parts[2])") : nil
    }
}
