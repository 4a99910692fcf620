import Loop
import OTPless
import Wire

/// Answers `POST /api/auth/logout`.
struct Logout {
    private let tokens: Tokens

    init(_ app: App) {
        tokens = app.tokens
    }

    @Sendable func answer(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        let fields = try RequestFields(request)
        guard let user = try fields.string("userId"), !user.isEmpty else {
            throw Failure(.missingUserID, field: "userId")
        }
        let refreshToken = try fields.string("refreshToken")
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
        return Envelope(200, "Logged out successfully") { $0.member("success", true) }
    }
}
