extension Logins.Outcome {
    /// Who is told: a WebSocket gets the event's name in front, a browser its refresh token as a cookie.
    public enum Audience: Sendable {
        case request, socket, browser
    }

    /// What the page is told, the same by WebSocket and by claim.
    public func envelope(session: String, to audience: Audience) -> Envelope {
        let event = audience == .socket ? event : nil
        switch self {
        case .pending(let login):
            return Envelope(202, "Waiting for confirmation", event: event) { data in
                data.member("sessionId", session)
                data.member("expiresAt", login.expiresAt.seconds)
                // No message of ours is on its way.
                if login.method == .prompt { data.member("delivery", login.delivery.text) }
            }
        case .confirmed(let grant, let isNewUser):
            return Envelope(200, "Login confirmed", event: event) { data in
                audience == .browser ? grant.writeAccess(to: &data) : grant.write(to: &data)
                data.member("userId", grant.user.id.description)
                data.member("isNewUser", isNewUser)
                data.member("user") { $0.object(grant.user.write) }
            }
        case .ready: return Envelope(200, "Login confirmed", event: event)
        case .ended(let code): return Envelope(Failure(code), event: event)
        case .over: return Envelope(Failure(.sessionExpired), event: event)
        }
    }

    /// How far the message has come, in a frame of its own.
    public static func delivery(_ stage: Login.Delivery) -> Envelope {
        Envelope(202, "Delivery updated", event: "delivery") { $0.member("delivery", stage.text) }
    }

    private var event: String {
        switch self {
        case .pending: "pending"
        case .confirmed: "auth_success"
        case .ready: "auth_ready"
        case .ended(.loginDenied): "auth_denied"
        case .ended(.sessionCancelled): "auth_cancelled"
        case .ended(.sessionExpired), .over: "auth_expired"
        case .ended: "auth_failed"
        }
    }
}
