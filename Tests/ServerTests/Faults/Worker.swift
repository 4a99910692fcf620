import TestSupport

/// One of the workers of a `Load`: owns its phones, does one login after the other.
struct Worker {
    /// A login that was answered 200 and is to be asked for later.
    struct Promise {
        let session: String
        let digits: String
        /// Whether its confirmation made the account.
        var isNewUser = false
    }

    /// What a phone's owner is known by.
    struct Account {
        var name: String?
    }

    let load: Load
    let index: Int
    var numbers: SeededNumbers
    var accounts: [String: Account] = [:]
    /// Started, answered by nobody.
    var pending: [Promise] = []
    /// Confirmed, and not collected yet.
    var waiting: [Promise] = []
    /// Signed in, with the tokens they hold now.
    var live: [(session: Session, digits: String)] = []
    /// Logged out: refused for good.
    var dead: [Session] = []
    private var phone = 0
    private var taps = 0

    var ledger: Ledger { load.ledger }

    init(_ load: Load, _ index: Int) {
        self.load = load
        self.index = index
        numbers = SeededNumbers(user: index + 1)
    }

    mutating func run() {
        while !load.isStopping {
            guarding { worker throws in try worker.login() }
            guarding { worker throws in try worker.checkOld(keeping: 40) }
        }
        guarding { worker throws in try worker.checkOld(keeping: 0) }
    }

    /// What fails here was answered before, or is what an answer promised.
    mutating func guarding(_ work: (inout Worker) throws -> Void) {
        do { try work(&self) } catch { ledger.lose("worker \(index): \(error)") }
    }

    // MARK: A login

    private mutating func login() throws {
        let digits = nextPhone()
        if numbers.oneIn(3) { return try linkLogin(digits) }
        guard let data = try initiate(#""phoneNumber":"+\#(digits)""#) else {
            // A message may have come all the same: another phone, so that nobody takes it for a later one.
            phone += 3
            return load.pause()
        }
        let promise = Promise(session: data["sessionId"].text ?? "", digits: digits)
        if numbers.oneIn(8) { return leave(promise) }
        let message = try load.provider.message(to: digits)
        if numbers.oneIn(10) { return try deny(promise, message) }
        try confirm(promise) { worker throws in
            try worker.tap(message.confirm, of: message.id, by: digits)
        }
    }

    /// The person sends the page's code.
    private mutating func linkLogin(_ digits: String) throws {
        guard let data = try initiate(#""method":"link""#) else { return load.pause() }
        let promise = Promise(session: data["sessionId"].text ?? "", digits: digits)
        if numbers.oneIn(8) { return leave(promise) }
        let text = Webhook.text("Sign me in: \(data["code"].text ?? "")")
        try confirm(promise) { worker throws in
            let id = worker.nextMessageID()
            try worker.deliver(Webhook.message(text, from: digits, id: id))
        }
    }

    private mutating func leave(_ promise: Promise) {
        ledger.add(.leftPending)
        pending.append(promise)
    }

    private mutating func confirm(
        _ started: Promise, _ answer: (inout Worker) throws -> Void
    ) throws {
        var promise = started
        let digits = promise.digits
        var page =
            numbers.oneIn(2) ? try? PageSocket(session: promise.session, port: load.port) : nil
        try answer(&self)
        ledger.add(.confirmed)
        promise.isNewUser =
            accounts.updateValue(accounts[digits] ?? Account(), forKey: digits) == nil
        if page == nil, numbers.oneIn(4) { return waiting.append(promise) }
        try use(try collect(promise, &page), digits)
    }

    /// Each phone signs in three times: as a new user and as a known one.
    private mutating func nextPhone() -> String {
        defer { phone += 1 }
        let number = String(phone / 3)
        let worker = String(index)
        return "1650" + String(repeating: "0", count: 2 - worker.count) + worker
            + String(repeating: "0", count: 5 - number.count) + number
    }

    private func initiate(_ members: String) throws -> JSON? {
        guard let reply = load.ask("POST", "/api/auth/initiate", "{\(members)}") else { return nil }
        guard reply.status == 200 else { throw Fault("initiate: \(reply)") }
        ledger.add(.initiated)
        return reply.json["data"]
    }

    /// A webhook is repeated until it is taken, like Meta's.
    private mutating func tap(_ payload: String, of message: String, by digits: String) throws {
        let id = nextMessageID()
        try deliver(Webhook.tap(payload, by: digits, id: id, quoting: message))
    }

    private mutating func nextMessageID() -> String {
        taps += 1
        return "wamid.in.\(index).\(taps)"
    }

    private func deliver(_ body: [UInt8]) throws {
        let request = LiveServer.webhook(body)
        let reply = try load.insist("a tap") { load.ask(request) }
        guard reply.status == 200 else { throw Fault("tap: \(reply)") }
        ledger.add(.tapped)
    }

    private mutating func deny(_ promise: Promise, _ message: StandInProvider.Message) throws {
        try tap(message.deny, of: message.id, by: promise.digits)
        ledger.add(.denied)
        let reply = try load.insist("claim") { load.ask("POST", "/api/auth/claim", promise.body) }
        guard reply.isError(403, "LOGIN_DENIED") else { throw Fault("denied, but: \(reply)") }
    }

    // MARK: What a login is good for

    private mutating func use(_ first: Session, _ digits: String) throws {
        var session = first
        for _ in 0..<Int.random(in: 0...2, using: &numbers) {
            guard let fresh = try refresh(session) else { return }
            session = fresh
        }
        if numbers.oneIn(3) { try rename(session, digits) }
        try check(session, digits)
        if numbers.oneIn(3) { return try logOut(session) }
        live.append((session, digits))
    }

    private mutating func rename(_ session: Session, _ digits: String) throws {
        let name = "Ada \(numbers.next() % 10_000)"
        _ = try load.insist(
            "PUT", "/api/user/me", #"{"name":"\#(name)"}"#, bearer: session.accessToken)
        ledger.add(.renamed)
        accounts[digits, default: Account()].name = name
    }

    mutating func logOut(_ session: Session) throws {
        let proof = #"{"userId":"\#(session.userID)","refreshToken":"\#(session.refreshToken)"}"#
        _ = try load.insist("POST", "/api/auth/logout", proof)
        ledger.add(.loggedOut)
        dead.append(session)
    }

    /// A refresh, repeated until it is answered; nil when the answer came too late to count.
    func refresh(_ session: Session) throws -> Session? {
        let begin = ContinuousClock.now
        let body = #"{"refreshToken":"\#(session.refreshToken)"}"#
        let reply = try load.insist("refresh") { load.ask("POST", "/api/auth/refresh", body) }
        if reply.status == 401, ContinuousClock.now - begin > .seconds(9) {
            ledger.add(.late)
            return nil
        }
        guard reply.status == 200 else { throw Fault("refresh: \(reply)") }
        ledger.add(.refreshed)
        return try Session(reply.json["data"], user: session.userID)
    }
}

extension Worker.Promise {
    var body: String { #"{"sessionId":"\#(session)"}"# }
}
