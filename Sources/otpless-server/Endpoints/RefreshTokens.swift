import Loop
import OTPless
import Wire

/// Answers `POST /api/auth/refresh`.
struct RefreshTokens {
    private let tokens: Tokens

    init(_ app: App) {
        tokens = app.tokens
    }

    @Sendable func answer(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        let fields = try RequestFields(request)
        guard let token = try fields.string("refreshToken"), !token.isEmpty else {
            throw Failure(
                .missingParameters, field: "refreshToken", details: "refreshToken is required")
        }
        let grant = try await tokens.refresh(token, user: try fields.string("userId"))
        return Envelope(200, "Tokens refreshed successfully", data: grant.write)
    }
}
