import Loop
import OTPless
import Wire

/// Answers `GET`, `PUT` and `DELETE /api/user/me`.
struct Me {
    private let tokens: Tokens
    private let users: Users
    private let clock: any WallClock

    init(_ app: App) {
        tokens = app.tokens
        users = app.users
        clock = app.clock
    }

    @Sendable func show(_ request: Request) -> Reply {
        do throws(Failure) {
            let caller = try tokens.caller(
                authorization: request.headers.bytes(of: "authorization"))
            if let user = users.cached(caller.user) { return .now(Response(Self.profile(user))) }
            return .later { _ in await look(up: caller.user) }
        } catch {
            return .now(Response(error))
        }
    }

    private func look(up id: UserID) async -> Response {
        do throws(Failure) {
            return Response(Self.profile(try await users.find(id)))
        } catch {
            return Response(error)
        }
    }

    private static func profile(_ user: User) -> Envelope {
        Envelope(200, "User retrieved successfully", data: user.write)
    }

    @Sendable func rename(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        let caller = try tokens.caller(authorization: request.headers.bytes(of: "authorization"))
        let name = try UserName.parse(try RequestFields(request).value("name"))
        let user = try await users.rename(caller.user, to: name)
        return Envelope(200, "User updated successfully") { data in
            data.member("success", true)
            data.member("name", user.name)
        }
    }

    @Sendable func delete(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        let caller = try tokens.caller(authorization: request.headers.bytes(of: "authorization"))
        try await users.delete(caller.user, at: clock.now)
        return Envelope(200, "User deleted successfully") { $0.member("success", true) }
    }
}
