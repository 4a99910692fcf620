import Loop
import OTPless
import Wire

/// Answers `GET /api/auth/validate`.
struct Validate {
    private let tokens: Tokens
    private let users: Users

    init(_ app: App) {
        tokens = app.tokens
        users = app.users
    }

    @Sendable func answer(_ request: Request) -> Reply {
        do throws(Failure) {
            let caller = try tokens.caller(
                authorization: request.headers.bytes(of: "authorization"))
            guard users.cached(caller.user) == nil else {
                return .now(Response(Self.valid(caller)))
            }
            return .later { _ in await look(up: caller) }
        } catch {
            return .now(Response(error))
        }
    }

    /// A token whose user is gone is not valid.
    private func look(up caller: Caller) async -> Response {
        do throws(Failure) {
            _ = try await users.find(caller.user)
            return Response(Self.valid(caller))
        } catch {
            return Response(error.code == .userNotFound ? Failure(.invalidToken) : error)
        }
    }

    private static func valid(_ caller: Caller) -> Envelope {
        Envelope(200, "Token validated successfully") { data in
            data.member("valid", true)
            data.member("userId", caller.user.description)
            data.member("expiresAt", caller.expiresAt.seconds)
        }
    }
}
