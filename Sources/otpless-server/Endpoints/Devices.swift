import Loop
import OTPless
import Wire

/// Answers `GET /api/user/me/devices` and `DELETE /api/user/me/devices/{id}`.
struct Devices {
    private let tokens: Tokens
    private let users: Users

    init(_ app: App) {
        tokens = app.tokens
        users = app.users
    }

    @Sendable func list(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        let caller = try await caller(request)
        let devices = try await tokens.devices(of: caller.user)
        return Envelope(200, "Devices retrieved successfully") { data in
            data.objects("devices", devices) { device, writer in
                device.write(to: &writer, current: caller.family)
            }
        }
    }

    @Sendable func remove(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        let caller = try await caller(request)
        let id = request.parameters.first { $0.name == "id" }?.value ?? ""
        try await tokens.remove(device: id, of: caller.user)
        return Envelope(200, "Device removed successfully") { $0.member("success", true) }
    }

    /// A caller whose account is still there.
    private func caller(_ request: Request) async throws(Failure) -> Caller {
        let caller = try tokens.caller(authorization: request.headers.bytes(of: "authorization"))
        _ = try await users.find(caller.user)
        return caller
    }
}
