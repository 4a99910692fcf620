import Loop
import OTPless
import Wire

extension Router {
    /// An endpoint that waits for something: its success or its failure becomes the envelope.
    typealias Answer =
        @Sendable (Request, isolated EventLoop) async throws(Failure) -> Envelope

    /// The same with header fields of its own.
    typealias Responder =
        @Sendable (Request, isolated EventLoop) async throws(Failure) -> Response

    /// Adds a route whose answer takes time.
    mutating func on(
        _ method: Wire.Method, _ path: String, bodyLimit: Int = Router.defaultBodyLimit,
        answer: @escaping Answer
    ) {
        let respond: Responder = { (request, loop) async throws(Failure) in
            Response(try await answer(request, loop))
        }
        on(method, path, bodyLimit: bodyLimit, respond: respond)
    }

    /// Adds a route whose answer takes time and has header fields of its own.
    mutating func on(
        _ method: Wire.Method, _ path: String, bodyLimit: Int = Router.defaultBodyLimit,
        respond: @escaping Responder
    ) {
        on(method, path, bodyLimit: bodyLimit) { request in
            .later { loop in
                await RequestTrace.$id.withValue(request.id) {
                    do throws(Failure) {
                        return try await respond(request, loop)
                    } catch {
                        return Response(error)
                    }
                }
            }
        }
    }
}

extension Response {
    /// The reply that carries an envelope.
    init(_ envelope: Envelope) {
        self.init(
            status: envelope.status, contentType: "application/json; charset=utf-8",
            headers: [("Cache-Control", "no-store")], body: envelope.body)
        if let seconds = envelope.retryAfter { headers.append(("Retry-After", String(seconds))) }
    }

    /// The reply that carries a failure, with the header fields its status asks for.
    init(_ failure: Failure) {
        self.init(Envelope(failure))
        switch failure.code {
        case .missingAuthorization, .invalidToken:
            headers.append(("WWW-Authenticate", "Bearer"))
        case .upgradeRequired:
            headers.append(("Upgrade", "websocket"))
            headers.append(("Connection", "Upgrade"))
            headers.append(("Sec-WebSocket-Version", "13"))
        default: break
        }
    }
}

extension Reply {
    /// Answers at once.
    static func now(_ answer: () throws(Failure) -> Envelope) -> Reply {
        do throws(Failure) {
            return .now(Response(try answer()))
        } catch {
            return .now(Response(error))
        }
    }
}
