import Loop
import OTPless
import Wire

/// Answers `POST /api/auth/logout`.
struct Logout {
    private let tokens: Tokens
    private let cookie: RefreshCookie?

    init(_ app: App) {
        cookie = RefreshCookie(app)
        tokens = app.tokens
    }

    @Sendable func answer(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Response {
        let fields = try RequestFields(request)
        let ownToken = try fields.string("refreshToken")
        var response: Response
        do throws(Failure) {
            try await logOut(request, fields, ownToken)
            response = Response(
                Envelope(200, "Logged out successfully") { $0.member("success", true) })
        } catch {
            // A cookie that is no token, or no longer one of an account: the page cannot take it away.
            guard error.code == .invalidRefreshToken, ownToken == nil else { throw error }
            response = Response(error)
        }
        if let cookie { response.set(cookie: cookie.cleared) }
        return response
    }

    private func logOut(
        _ request: Request, _ fields: RequestFields, _ ownToken: String?
    ) async throws(Failure) {
        guard let user = try fields.string("userId"), !user.isEmpty else {
            throw Failure(.missingUserID, field: "userId")
        }
        var refreshToken = ownToken
        if refreshToken == nil { refreshToken = try cookie?.token(of: request) }
        let authorization = request.headers.bytes(of: "authorization")
        guard refreshToken != nil || authorization != nil else {
            throw Failure(.missingAuthorization)
        }
        let scope = try fields.string("scope") ?? Tokens.Scope.all.rawValue
        guard let scope = Tokens.Scope(rawValue: scope) else {
            throw Failure(
                .invalidParameters, field: "scope", details: "scope must be all or current")
        }
        try await tokens.logout(
            user: user, refreshToken: refreshToken, authorization: authorization, scope: scope)
    }
}
