import Loop
import Metrics
import OTPless
import Wire

/// One page that waits for its login.
///
/// Runs on: its loop.
final class WaitingPage: WebSocketHandler {
    private enum Stage {
        /// The verifier is awaited; nothing is told before.
        case unproved(CodeChallenge)
        /// The answer is awaited.
        case waiting
        /// The tokens of this family are on their way; the page's ack is awaited.
        case granted(FamilyID)
        /// The page has said that it has them; this is to be stored.
        case acknowledging(FamilyID)
        /// The page was told to claim its tokens.
        case ready
        case done

        var metric: GatewayMetrics.State? {
            switch self {
            case .unproved: .unproved
            case .waiting: .waiting
            case .granted, .acknowledging, .ready: .granted
            case .done: nil
            }
        }
    }

    private let login: LoginID
    /// What the page called its login; only `pending` repeats it, so it is dropped with the first frame.
    private var session: String
    /// The request that opened the WebSocket, as the audit names it.
    private let request: String
    private let socket: WebSocket
    private let gateway: Gateway
    private var stage: Stage {
        didSet { gateway.metrics.moved(from: oldValue.metric, to: stage.metric) }
    }
    /// The delivery stage last told; nil before `pending` was sent.
    private var told: Login.Delivery?
    /// Whether the store knows that the page waits here.
    private var hasArrived = false
    private var isLooking = false
    /// Whether the look that must follow takes the pair back; nil when none must.
    private var nextTakesBack: Bool?

    /// How long a page may take to prove itself.
    private static let proofTime = Duration.seconds(10)

    /// When to try again after the store failed.
    private static let retry = Duration.seconds(1)

    init(
        login: LoginID, session: String, challenge: CodeChallenge?, request: String,
        socket: WebSocket, gateway: Gateway
    ) {
        self.login = login
        self.request = request
        self.session = session
        self.socket = socket
        self.gateway = gateway
        stage = challenge.map { .unproved($0) } ?? .waiting
    }

    func opened(on loop: isolated EventLoop) {
        gateway.metrics.moved(from: nil, to: stage.metric)
        switch stage {
        case .unproved: socket.setDeadline(loop.now + Self.proofTime, on: loop)
        default: startWaiting(on: loop)
        }
    }

    /// Subscribes first and reads the store then, so that no answer falls between.
    private func startWaiting(on loop: isolated EventLoop) {
        stage = .waiting
        gateway.attach(socket, to: login)
        look(on: loop)
    }

    func received(_ message: WebSocketMessage, on loop: isolated EventLoop) {
        guard case .text(let bytes) = message else { return }
        let root = try? JSONDocument(bytes).root
        switch stage {
        case .unproved(let challenge):
            guard root?["event"]?.equals("hello") == true,
                let verifier = root?["codeVerifier"]?.string ?? root?["code_verifier"]?.string,
                challenge.accepts(verifier)
            else { return reject(on: loop) }
            startWaiting(on: loop)
        case .granted(let family) where root?["event"]?.equals("ack") == true:
            acknowledge(family, on: loop)
        case .ready where root?["event"]?.equals("ack") == true:
            acknowledgeClaimed(on: loop)
        default: break
        }
    }

    func deadlinePassed(on loop: isolated EventLoop) {
        switch stage {
        case .unproved: reject(on: loop)
        case .waiting: look(on: loop)
        case .acknowledging(let family): acknowledge(family, on: loop)
        case .granted, .ready, .done: socket.close(code: CloseCode.normal, on: loop)
        }
    }

    func closed(on loop: isolated EventLoop) {
        stage = .done
        gateway.detach(socket, from: login)
    }

    private func reject(on loop: isolated EventLoop) {
        stage = .done
        socket.close(code: CloseCode.unauthorized, reason: "code verifier", on: loop)
        let (login, rejections) = (login, gateway.rejections)
        spawn(on: loop) { _ in await rejections.note(.verifierRejected, login: login) }
    }

    /// What it writes belongs to the request that opened the WebSocket.
    private func spawn(
        on loop: isolated EventLoop,
        _ work: @escaping @Sendable (isolated EventLoop) async -> Void
    ) {
        RequestTrace.$id.withValue(request) { loop.spawn(work) }
    }

    // MARK: Outcomes

    /// Tells the page what the hint brings along, or looks; whether it took what it was brought.
    func heard(_ event: LoginEvent, on loop: isolated EventLoop) -> Bool {
        // After a look that has begun, these may be the tokens that it has ended.
        guard let outcome = event.outcome, case .waiting = stage, !isLooking,
            gateway.isAttached(socket, to: login), gateway.logins.handOver(event)
        else {
            look(on: loop)
            return false
        }
        learned(outcome, on: loop)
        return true
    }

    /// Reads where the login stands and tells the page; one look at a time.
    func look(takingBack: Bool = false, on loop: isolated EventLoop) {
        var held: FamilyID?
        var isWaiting = false
        switch stage {
        case .waiting: isWaiting = true
        case .ready: break
        case .granted(let family): held = family
        case .unproved, .acknowledging, .done: return
        }
        if isLooking {
            nextTakesBack = takingBack || nextTakesBack == true
            return
        }
        // Mostly nobody has answered yet: then the page is told in the same write as its 101.
        if isWaiting, let pending = gateway.logins.pendingAtOnce(login),
            gateway.isAttached(socket, to: login)
        {
            return learned(.pending(pending), on: loop)
        }
        isLooking = true
        let (login, socket, gateway, family) = (login, socket, gateway, held)
        let isArriving = !hasArrived
        spawn(on: loop) { loop in
            let finding = await gateway.look(
                at: login, for: socket, holding: family, arriving: isArriving,
                takingBack: takingBack)
            if let page = socket.handler(on: loop) as? WaitingPage,
                gateway.isAttached(socket, to: login)
            {
                page.looked(finding, on: loop)
            } else if case .outcome(.confirmed) = finding {
                // Replaced meanwhile: this pair has ended the one of the present page.
                gateway.takeBack(login)
            }
        }
    }

    private func looked(_ finding: Gateway.Finding, on loop: isolated EventLoop) {
        isLooking = false
        if case .storeDown = finding {} else { hasArrived = true }
        switch finding {
        case .outcome(let outcome): learned(outcome, on: loop)
        case .nothingNew: break
        case .replaced:
            stage = .done
            socket.close(code: CloseCode.replaced, reason: "another page waits", on: loop)
        case .revoked: end(with: .over, on: loop)
        case .storeDown:
            // A page that has its tokens keeps its time for the ack.
            if case .waiting = stage { socket.setDeadline(loop.now + Self.retry, on: loop) }
        }
        if let takingBack = nextTakesBack {
            nextTakesBack = nil
            look(takingBack: takingBack, on: loop)
        }
    }

    private func learned(_ outcome: Logins.Outcome, on loop: isolated EventLoop) {
        switch (outcome, stage) {
        case (.pending(let login), _):
            stillPending(login, on: loop)
        case (.confirmed(let grant, _), _):
            stage = .granted(grant.family)
            tell(outcome, on: loop)
            socket.setDeadline(loop.now + Login.collectionTime, on: loop)
        case (.ready, .ready):
            break
        case (.ready, _):
            stage = .ready
            tell(outcome, on: loop)
            socket.setDeadline(loop.now + Login.collectionTime, on: loop)
        // Acknowledged another way, by a refresh or over HTTP: the page has what it came for.
        case (.over, .granted), (.over, .ready):
            break
        case (.ended, _), (.over, _):
            end(with: outcome, on: loop)
        }
    }

    private func end(with outcome: Logins.Outcome, on loop: isolated EventLoop) {
        stage = .done
        tell(outcome, on: loop)
        socket.close(code: CloseCode.normal, on: loop)
    }

    private func stillPending(_ login: Login, on loop: isolated EventLoop) {
        if told == nil {
            tell(.pending(login), on: loop)
        } else if let told, told < login.delivery, login.method == .prompt {
            socket.send(text: Logins.Outcome.delivery(login.delivery).body, on: loop)
        }
        told = login.delivery
        // A millisecond more than is left: at the deadline the login must have expired.
        let left = login.expiresAt - gateway.clock.now + .milliseconds(1)
        socket.setDeadline(loop.now + left, on: loop)
    }

    private func tell(_ outcome: Logins.Outcome, on loop: isolated EventLoop) {
        let envelope = outcome.envelope(session: session, to: .socket)
        session = ""
        socket.send(text: envelope.body, on: loop)
    }

    /// An ack before the claim says nothing: the tokens stay to be had.
    private func acknowledgeClaimed(on loop: isolated EventLoop) {
        let (login, socket, gateway) = (login, socket, gateway)
        loop.spawn { loop in
            guard await gateway.acknowledgeClaimed(login) else { return }
            socket.close(code: CloseCode.normal, on: loop)
        }
    }

    /// The page is closed when its ack is stored, as long as it waits for that: until then the session
    /// could hand out another pair, which ends this one.
    private func acknowledge(_ family: FamilyID, on loop: isolated EventLoop) {
        stage = .acknowledging(family)
        let (login, socket, gateway) = (login, socket, gateway)
        spawn(on: loop) { loop in
            if await gateway.acknowledge(login, holding: family) {
                (socket.handler(on: loop) as? WaitingPage)?.stage = .done
                socket.close(code: CloseCode.normal, on: loop)
            } else {
                socket.setDeadline(loop.now + Self.retry, on: loop)
            }
        }
    }
}
