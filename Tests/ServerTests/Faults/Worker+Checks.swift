import Glibc
import TestSupport

extension Worker {
    // MARK: Collecting

    /// A confirmed login's tokens, by the page's socket or by claims, and acknowledged.
    func collect(_ promise: Promise, _ page: inout PageSocket?) throws -> Session {
        let (pushed, isAcknowledged) = takePush(&page)
        if let pushed, isAcknowledged { return try collected(pushed, promise) }
        // The connection was lost, or there was none: the page asks again.
        let reply = try load.insist("claim") { load.ask("POST", "/api/auth/claim", promise.body) }
        if let pushed, reply.isError(410, "SESSION_EXPIRED") {
            // The ack had arrived, only its answer had not.
            return try collected(pushed, promise)
        }
        guard reply.status == 200 else { throw Fault("confirmed, but: \(reply)") }
        _ = try load.insist("POST", "/api/auth/ack", promise.body)
        return try collected(reply.json["data"], promise)
    }

    /// What the socket brings, and whether its ack was answered; then the page lets go of it.
    private func takePush(_ page: inout PageSocket?) -> (data: JSON?, isAcknowledged: Bool) {
        defer { page = nil }
        guard let data = try? page?.nextEvent("auth_success")["data"] else { return (nil, false) }
        let isSent = (try? page?.send(#"{"event":"ack"}"#)) != nil
        return (data, isSent && (try? page?.next()) == .close(1000))
    }

    /// What a page is told must be what was promised.
    private func collected(_ data: JSON, _ promise: Promise) throws -> Session {
        let user = data["user"]
        guard user["phoneNumber"].text == "+" + promise.digits,
            data["isNewUser"] == .bool(promise.isNewUser),
            user["name"].text == accounts[promise.digits]?.name
        else { throw Fault("not what was promised: \(user), \(data["isNewUser"]), \(promise)") }
        ledger.add(.collected)
        return try Session(data)
    }

    // MARK: Promises

    /// A session's access token works, and shows the account as it was left.
    func check(_ session: Session, _ digits: String) throws {
        let me = try load.insist("GET", "/api/user/me", bearer: session.accessToken)
        let data = me.json["data"]
        guard data["phoneNumber"].text == "+" + digits, data["id"].text == session.userID,
            data["name"].text == accounts[digits]?.name
        else { throw Fault("an account is not as it was left: \(me)") }
    }

    /// Checks the oldest promises, so that no more than so many of each kind are open.
    mutating func checkOld(keeping count: Int) throws {
        while waiting.count > min(count, 4) {
            let promise = waiting.removeFirst()
            var noPage: PageSocket?
            let session = try collect(promise, &noPage)
            try check(session, promise.digits)
            live.append((session, promise.digits))
            ledger.add(.checked)
        }
        while pending.count > count { try checkPending(pending.removeFirst()) }
        while live.count > count { try checkLive() }
        while dead.count > count { try checkDead(dead.removeFirst()) }
    }

    private func checkPending(_ promise: Promise) throws {
        let reply = try load.insist("claim") { load.ask("POST", "/api/auth/claim", promise.body) }
        guard reply.isSuccess("Waiting for confirmation", status: 202) else {
            throw Fault("a login that was started: \(reply)")
        }
        ledger.add(.checked)
    }

    private mutating func checkLive() throws {
        let (session, digits) = live.removeFirst()
        guard let fresh = try refresh(session) else { return }
        try check(fresh, digits)
        try logOut(fresh)
        ledger.add(.checked)
    }

    private func checkDead(_ session: Session) throws {
        let me = try load.insist("me") {
            load.ask("GET", "/api/user/me", bearer: session.accessToken)
        }
        let body = #"{"refreshToken":"\#(session.refreshToken)"}"#
        let again = try load.insist("refresh") { load.ask("POST", "/api/auth/refresh", body) }
        guard me.isError(401, "INVALID_TOKEN"), again.isError(401, "INVALID_REFRESH_TOKEN") else {
            throw Fault("logged out, but: \(me), \(again)")
        }
        ledger.add(.checked)
    }
}
