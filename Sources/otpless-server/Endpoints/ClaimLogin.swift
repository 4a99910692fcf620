import Loop
import OTPless
import Wire

/// Answers `POST /api/auth/claim`, `/ack` and `/cancel`: the same as the WebSocket, for networks that block one.
struct ClaimLogin {
    private let logins: Logins
    private let cookie: RefreshCookie?
    private let rejections: Rejections

    init(_ app: App) {
        cookie = RefreshCookie(app)
        logins = app.logins
        rejections = app.rejections
    }

    @Sendable func claim(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Response {
        let (login, session) = try await find(request)
        let outcome = try await logins.outcome(of: login)
        guard let cookie, case .confirmed(let grant, _) = outcome else {
            return Response(outcome.envelope(session: session, to: .request))
        }
        var response = Response(outcome.envelope(session: session, to: .browser))
        response.set(cookie: cookie.handing(over: grant))
        return response
    }

    @Sendable func acknowledge(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        try await logins.acknowledge(find(request).login)
        return Envelope(200, "Login acknowledged") { $0.member("success", true) }
    }

    @Sendable func cancel(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        try await logins.cancel(find(request).login.id)
        return Envelope(200, "Login cancelled") { $0.member("success", true) }
    }

    /// The login of the body's session id, once its verifier is right.
    private func find(_ request: Request) async throws(Failure) -> (login: Login, session: String) {
        let fields = try RequestFields(request)
        guard let session = try fields.string("sessionId"), !session.isEmpty else {
            throw Failure(.missingSessionID, field: "sessionId", details: "sessionId is required")
        }
        let verifier = try fields.string("codeVerifier")
        let login = try await logins.find(session)
        if let challenge = login.codeChallenge, !challenge.accepts(verifier ?? "") {
            await rejections.note(.verifierRejected, login: login.id)
            throw Failure(.invalidCodeVerifier)
        }
        return (login, session)
    }
}
