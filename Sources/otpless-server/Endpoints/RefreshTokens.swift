import Loop
import OTPless
import Wire

/// Answers `POST /api/auth/refresh`.
struct RefreshTokens {
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
        let user = try fields.string("userId")
        if let token = try fields.string("refreshToken"), !token.isEmpty {
            return Self.success(try await tokens.refresh(token, user: user).write)
        }
        guard let cookie, let token = try cookie.token(of: request) else {
            throw Failure(
                .missingParameters, field: "refreshToken", details: "refreshToken is required")
        }
        let grant = try await tokens.refresh(token, user: user)
        var response = Self.success(grant.writeAccess)
        response.set(cookie: cookie.handing(over: grant))
        return response
    }

    private static func success(_ data: (inout JSONWriter) -> Void) -> Response {
        Response(Envelope(200, "Tokens refreshed successfully", data: data))
    }
}
