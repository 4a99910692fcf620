import Loop
import Metrics
public import OTPless
public import Wire

/// Who waits for which login: brings outcomes to the pages' WebSockets.
///
/// A hint that a login changed goes to the loop of the page that waits for it; there the tokens that
/// it brings are sent, or else the store is read. So a hint may come twice, late, or for nothing.
public final class Gateway: Sendable {
    let logins: Logins
    let clock: any WallClock
    let log: Log
    let rejections: Rejections
    let metrics = GatewayMetrics()
    /// Whether tokens go over the WebSocket; if not, pages claim them over HTTP, with a cookie.
    private let handsOver: Bool
    private let shards: [Shard]

    private final class Shard: Sendable {
        let sockets = Locked<[LoginID: WebSocket]>([:])
    }

    /// A gateway that hears of changes from `events`.
    public init(_ app: App, events: LoginEvents) {
        logins = app.logins
        clock = app.clock
        log = app.log
        handsOver = !app.config.refreshCookie
        rejections = app.rejections
        shards = (0..<16).map { _ in Shard() }
        events.subscribe(
            awaiting: { [weak self] in self?.isAwaited($0) ?? false },
            hearing: { [weak self] in self?.heard($0) ?? false })
    }

    /// Turns a page's request into the WebSocket that waits for its login.
    ///
    /// - Parameter request: The request's id, for the audit.
    /// - Throws: `SESSION_EXPIRED` when there is nothing left to wait for.
    public func upgrade(
        _ login: Login, session: String, accept: String, request: String
    ) throws(Failure) -> WebSocketUpgrade {
        guard login.standing(at: clock.now) != .over else { throw Failure(.sessionExpired) }
        let (id, challenge) = (login.id, login.codeChallenge)
        return WebSocketUpgrade(accept: accept, limits: WebSocketLimits(maxMessageBytes: 4096)) {
            [self] socket, _ in
            WaitingPage(
                login: id, session: session, challenge: challenge, request: request,
                socket: socket, gateway: self)
        }
    }

    /// Makes a page the one that waits for a login; an older one is closed.
    func attach(_ socket: WebSocket, to login: LoginID) {
        let older = shard(of: login).sockets.withLock { $0.updateValue(socket, forKey: login) }
        guard let older, older != socket else { return }
        metrics.replaced.add()
        older.loop.post { loop in
            older.close(code: CloseCode.replaced, reason: "another page waits", on: loop)
        }
    }

    /// A page has gone.
    func detach(_ socket: WebSocket, from login: LoginID) {
        shard(of: login).sockets.withLock { sockets in
            if sockets[login] == socket { sockets[login] = nil }
        }
    }

    /// Whether any page waits for a login and takes its tokens here.
    private func isAwaited(_ login: LoginID) -> Bool {
        handsOver && shard(of: login).sockets.withLock { $0[login] != nil }
    }

    /// Whether a page is the one that waits for a login.
    func isAttached(_ socket: WebSocket, to login: LoginID) -> Bool {
        shard(of: login).sockets.withLock { $0[login] == socket }
    }

    /// What a look into the store showed.
    enum Finding: Sendable {
        case outcome(Logins.Outcome)
        /// The page that asks has the pair that was handed over last, or has been replaced.
        case nothingNew
        /// The page has begun to wait at another node.
        case replaced
        /// The tokens that the page holds have been ended, by its user or with the account.
        case revoked
        case storeDown
    }

    /// Where a login stands, for the page that waits for it and perhaps holds a pair already.
    ///
    /// - Parameter takingBack: Its pair has been ended by one that nobody got: it needs another. If not,
    ///   who has claimed another one keeps it: perhaps the same browser, which has given up this socket.
    func look(
        at login: LoginID, for socket: WebSocket, holding family: FamilyID?, arriving: Bool,
        takingBack: Bool
    ) async -> Finding {
        do throws(Failure) {
            let found =
                arriving
                ? try await logins.arrive(login) { self.isAttached(socket, to: login) }
                : try await logins.read(login)
            guard let login = found else {
                return family == nil && handsOver ? .outcome(.over) : .revoked
            }
            guard isAttached(socket, to: login.id) else { return .nothingNew }
            if logins.isElsewhere(login) { return .replaced }
            // Where pages claim their tokens, the pair that was claimed last is the page's.
            let held = handsOver ? family : login.family
            if let held, logins.isRevoked(held), login.standing(at: clock.now) == .over {
                return .revoked
            }
            // Tokens are for the present page alone: a pair made for another one would end its own.
            let isSettled = family != nil && (family == login.family || !takingBack)
            if login.standing(at: clock.now) == .confirmed,
                isSettled || !isAttached(socket, to: login.id)
            {
                return .nothingNew
            }
            let outcome = try await logins.outcome(of: login, handsOver: handsOver) {
                self.isAttached(socket, to: login.id)
            }
            return outcome.map { .outcome($0) } ?? .replaced
        } catch {
            return error.code == .sessionNotFound ? .outcome(.over) : .storeDown
        }
    }

    /// The page has its tokens; false if the store cannot take that now.
    func acknowledge(_ login: LoginID, holding family: FamilyID) async -> Bool {
        do throws(Failure) {
            guard let login = try await logins.read(login) else { return true }
            try await logins.acknowledge(login, holding: family)
            return true
        } catch {
            return error.code != .serviceUnavailable
        }
    }

    /// The page has claimed its tokens; false if nobody has claimed any.
    func acknowledgeClaimed(_ login: LoginID) async -> Bool {
        guard let login = try? await logins.read(login), let family = login.family else {
            return false
        }
        try? await logins.acknowledge(login, holding: family)
        return true
    }

    /// Passes a hint on to the page that waits for its login; false if it cannot come there.
    @discardableResult
    func heard(_ event: LoginEvent) -> Bool {
        guard let socket = shard(of: event.login).sockets.withLock({ $0[event.login] }) else {
            return false
        }
        let logins = logins
        return socket.loop.post { loop in
            let page = socket.handler(on: loop) as? WaitingPage
            let isTaken = page?.heard(event, on: loop) ?? false
            if !isTaken, event.outcome != nil { loop.spawn { _ in await logins.withdraw(event) } }
        }
    }

    /// The pages that wait.
    var attached: [(login: LoginID, socket: WebSocket)] {
        shards.flatMap { shard in shard.sockets.withLock { Array($0) } }
            .map { (login: $0.key, socket: $0.value) }
    }

    /// Lets the page that waits for a login have another pair.
    func takeBack(_ login: LoginID) {
        let socket = shard(of: login).sockets.withLock { $0[login] }
        socket?.loop.post { loop in
            (socket?.handler(on: loop) as? WaitingPage)?.look(takingBack: true, on: loop)
        }
    }

    /// Lets the page that waits for a login on this loop read the store.
    func look(at login: LoginID, on loop: isolated EventLoop) {
        let socket = shard(of: login).sockets.withLock { $0[login] }
        guard let socket, socket.loop === loop else { return }
        (socket.handler(on: loop) as? WaitingPage)?.look(on: loop)
    }

    private func shard(of login: LoginID) -> Shard {
        shards[Int(UInt(bitPattern: login.hashValue) % UInt(shards.count))]
    }
}

extension CloseCode {
    /// No valid verifier came in time.
    static let unauthorized: UInt16 = 4401
    /// A newer socket waits for the same login.
    static let replaced: UInt16 = 4409
}
