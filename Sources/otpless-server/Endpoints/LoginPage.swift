import Wire

/// `GET /`: the login page.
enum LoginPage {
    @Sendable static func answer(_ request: Request) -> Reply {
        .now(Response(status: 200, contentType: "text/html; charset=utf-8", body: PackageResources.login_html))
    }
}
