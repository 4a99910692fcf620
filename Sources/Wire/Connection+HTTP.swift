import Loop
import Metrics

extension Connection {
    /// Takes one step of the request parser.
    func parseRequest(_ bytes: Span<UInt8>, from offset: inout Int, on loop: isolated EventLoop) {
        guard let http else {
            offset = bytes.count
            return
        }
        let wasIdle = http.parser.isIdle
        switch http.parser.feed(bytes, from: &offset) {
        case .needMore:
            if wasIdle, !http.parser.isIdle { headFollows(on: loop) }
            if http.awaitsContinue { sendContinue() }
        case .head(let request):
            bodyFollows(request, on: loop)
        case .request(let request):
            stageDeadline = loop.now + service.intervals.idle
            http.awaitsContinue = false
            http.isFresh = false
            http.requestID = nil
            http.crossOrigin = []
            answer(request, on: loop)
        case .refuse(let refusal):
            refuse(refusal.status, on: loop)
        }
    }

    private func headFollows(on loop: isolated EventLoop) {
        let end = loop.now + service.intervals.head
        // A drain does not wait longer for a request that begins only now.
        stageDeadline = service.isDraining ? min(stageDeadline, end) : end
    }

    private func bodyFollows(_ request: Request, on loop: isolated EventLoop) {
        stageDeadline = loop.now + service.intervals.body
        http?.requestID = request.headers.requestID
        http?.crossOrigin = crossOrigin(request)
        switch service.router.match(request) {
        case .endpoint(let endpoint, _):
            http?.parser.bodyLimit = endpoint.bodyLimit
            http?.awaitsContinue = request.expectsContinue
        // Whoever waits with the body is told at once that nobody wants it (RFC 9110 §10.1.1).
        case .methodNotAllowed(let allow) where request.expectsContinue:
            refuse(405, allow: allow, on: loop)
        case .notFound where request.expectsContinue:
            refuse(404, on: loop)
        default: break
        }
    }

    /// Sent when the body is wanted but has not come: a client that did not wait needs none, and one
    /// whose body is too large is refused instead (RFC 9110 §10.1.1).
    private func sendContinue() {
        http?.awaitsContinue = false
        outgoing.queue(ResponseWriter.appendContinue)
    }

    private func answer(_ incoming: Request, on loop: isolated EventLoop) {
        var request = incoming
        request.peer = peer
        request.id = incoming.headers.requestID ?? service.nextRequestID()
        switch service.router.match(request) {
        case .endpoint(let endpoint, let parameters):
            request.parameters = parameters
            handle(request, endpoint, on: loop)
        case .methodNotAllowed(let allow):
            let response = preflight(request, allow) ?? wrongMethod(allow)
            service.metrics.unmatched.count(response.status)
            send(response, to: request, on: loop)
        case .serverOptions(let allow):
            service.metrics.unmatched.count(204)
            send(Response(status: 204, headers: [("Allow", allow)]), to: request, on: loop)
        case .notFound:
            service.metrics.unmatched.count(404)
            send(service.refusals(404), to: request, on: loop)
        }
    }

    private func wrongMethod(_ allow: String) -> Response {
        var response = service.refusals(405)
        response.headers.append(("Allow", allow))
        return response
    }

    private func preflight(_ request: Request, _ allow: String) -> Response? {
        switch service.crossOrigin?.preflight(request, methods: allow) {
        case .allowed(let response): response
        case .foreign: service.refusals(403)
        case nil: nil
        }
    }

    private func crossOrigin(_ request: Request) -> [UInt8] {
        service.crossOrigin?.lines(path: request.pathBytes, request.headers) ?? []
    }

    private func handle(
        _ request: Request, _ endpoint: Router.Endpoint, on loop: isolated EventLoop
    ) {
        let metrics = service.metrics.endpoints[endpoint.number]
        let start = Moment.now
        switch endpoint.handler(request) {
        case .now(let response):
            metrics.answered(response.status, since: start)
            send(response, to: request, on: loop)
        case .later(let work):
            guard let id else { return }
            http?.pending = request
            metrics.inFlight.add(1)
            loop.spawn { loop in
                let response = await work(loop)
                metrics.inFlight.add(-1)
                metrics.answered(response.status, since: start)
                (loop.source(id) as? Connection)?.finish(response, on: loop)
            }
        }
    }

    private func finish(_ response: Response, on loop: isolated EventLoop) {
        guard let request = http?.pending else { return }
        http?.pending = nil
        stageDeadline = loop.now + service.intervals.idle
        send(response, to: request, on: loop)
        flush(on: loop)
    }

    private func send(_ response: Response, to request: Request, on loop: isolated EventLoop) {
        let keepsAlive = request.keepAlive && !response.closes && !service.isDraining
        let exchange = ResponseWriter.Exchange(
            requestID: request.id, date: service.date(), keepsAlive: keepsAlive,
            omitsBody: request.method == .head,
            crossOrigin: response.upgrade == nil ? crossOrigin(request) : [])
        outgoing.queue { ResponseWriter.append(response, exchange, to: &$0) }
        if let upgrade = response.upgrade {
            becomeWebSocket(upgrade, on: loop)
            // The drain has passed by already.
            if service.isDraining { closeWebSocket(code: CloseCode.goingAway, on: loop) }
        } else if !keepsAlive {
            become(.closing)
        }
    }

    /// Answers what is not a proper request, and ends the connection: where one message of it
    /// ends is no longer certain.
    func refuse(_ status: Int, allow: String? = nil, on loop: isolated EventLoop) {
        service.metrics.refused.count(status)
        http?.awaitsContinue = false
        let exchange = ResponseWriter.Exchange(
            requestID: http?.requestID ?? service.nextRequestID(), date: service.date(),
            keepsAlive: false, omitsBody: http?.parser.isHead ?? false,
            crossOrigin: crossOriginOfRefusal)
        var response = service.refusals(status)
        if let allow { response.headers.append(("Allow", allow)) }
        outgoing.queue { ResponseWriter.append(response, exchange, to: &$0) }
        become(.closing)
    }

    /// For a head that is not whole, or was refused, what of it was read decides.
    private var crossOriginOfRefusal: [UInt8] {
        guard let http, let policy = service.crossOrigin else { return [] }
        guard http.crossOrigin.isEmpty, let head = http.parser.partialHead else {
            return http.crossOrigin
        }
        return policy.lines(path: head.path, head.fields)
    }

    /// The time for this stage of a request is over (RFC 9110 §15.5.9).
    func requestIsLate(on loop: isolated EventLoop) {
        guard !isBetweenRequests else { return end(on: loop) }
        // What the client still sends must not destroy the reply.
        stageDeadline = loop.now + service.times.close
        refuse(408, on: loop)
        flush(on: loop)
    }

    /// There is no place for this client: it is told so, whatever it wants, and may come again.
    func turnAway(on loop: isolated EventLoop) {
        start(on: loop)
        guard id != nil else { return }
        refuse(503, on: loop)
        flush(on: loop)
    }

    /// The server drains: idle connections end now, the others with their reply.
    func drain(on loop: isolated EventLoop) {
        closeWebSocket(code: CloseCode.goingAway, on: loop)
        // A request that is only half here has not long to come, and neither has a first one.
        // By the clock: the turn may have begun long ago.
        stageDeadline = min(stageDeadline, .now + service.times.drain)
        // What has come and was not read yet would be lost with the connection.
        if http != nil, http?.pending == nil { read(on: loop) }
        flush(on: loop)
    }
}

extension Headers {
    /// A client's own request id, if it is one that is safe to log and to send back.
    fileprivate var requestID: String? {
        guard let bytes = bytes(of: "x-request-id"), 1...64 ~= bytes.count,
            bytes.allSatisfy(Self.isRequestIDCharacter)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isRequestIDCharacter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }
}
