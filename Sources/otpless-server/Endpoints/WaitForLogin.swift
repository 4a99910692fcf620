import Loop
import OTPless
import WSGateway
import Wire

/// Answers `GET /api/auth/ws?sessionId=…`.
struct WaitForLogin {
    private let logins: Logins
    private let gateway: Gateway
    private let origins: [String]

    init(_ app: App, _ gateway: Gateway) {
        logins = app.logins
        origins = app.config.allowedOrigins
        self.gateway = gateway
    }

    @Sendable func answer(_ request: Request) -> Reply {
        do throws(Failure) {
            // Two spellings, like a field of a body.
            let sessions = Set(["sessionId", "session_id"].compactMap { request.queryItem($0) })
                .subtracting([""])
            guard sessions.count < 2 else { throw Failure(.invalidParameters, field: "sessionId") }
            guard let session = sessions.first else { throw Failure(.missingSessionID) }
            let accept = try Self.handshake(request)
            // A browser sends one; of several, all would have to be allowed.
            guard request.headers.values(of: "origin").allSatisfy(origins.contains) else {
                throw Failure(.originNotAllowed)
            }
            if let login = logins.findAtOnce(session) {
                return .now(try upgrade(login, session, accept, request.id))
            }
            return .later { _ in await attach(to: session, accept, request.id) }
        } catch {
            return .now(Response(error))
        }
    }

    private func attach(
        to session: String, _ accept: String, _ request: String
    ) async -> Response {
        do throws(Failure) {
            return try upgrade(try await logins.find(session), session, accept, request)
        } catch {
            return Response(error)
        }
    }

    private func upgrade(
        _ login: Login, _ session: String, _ accept: String, _ request: String
    ) throws(Failure) -> Response {
        var response = Response(
            upgrade: try gateway.upgrade(
                login, session: session, accept: accept, request: request))
        response.headers.append(("Cache-Control", "no-store"))
        return response
    }

    private static func handshake(_ request: Request) throws(Failure) -> String {
        let outcome = WebSocketHandshake.check(
            method: request.method.text, minorVersion: request.minorVersion
        ) { name in
            request.headers.values(of: name.description)
        }
        switch outcome {
        case .accept(let accept): return accept
        case .upgradeRequired, .wrongVersion: throw Failure(.upgradeRequired)
        case .malformed(let reason):
            throw Failure(.badRequest, details: "WebSocket handshake: \(reason)")
        }
    }
}
