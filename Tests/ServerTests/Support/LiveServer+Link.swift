import TestSupport

/// A login that was started with any method, as its page got it.
struct StartedLogin {
    let session: String
    let code: String
    let link: String
    let number: String
    let reply: HTTPReply
}

extension LiveServer {
    /// Starts a login with these members of the request.
    func begin(_ members: String) throws -> StartedLogin {
        let reply = try call("POST", "/api/auth/initiate", "{\(members)}")
        guard reply.status == 200, let session = reply.json["data"]["sessionId"].text else {
            throw Fault("initiate \(members): \(reply)")
        }
        let data = reply.json["data"]
        return StartedLogin(
            session: session, code: data["code"].text ?? "", link: data["link"].text ?? "",
            number: data["matchNumber"].text ?? "", reply: reply)
    }

    /// Starts a login whose page shows a code.
    func beginLink(_ members: String = "") throws -> StartedLogin {
        try begin(#""method":"link""# + (members.isEmpty ? "" : "," + members))
    }

    /// Delivers a webhook that must be taken; what it changes is on disk when this returns.
    func take(_ webhook: [UInt8]) throws {
        let reply = try deliver(webhook)
        guard reply.status == 200 else { throw Fault("webhook: \(reply)") }
    }

    /// What `claim` says: 200, 202, or the code of the error.
    func standing(_ session: String) throws -> String {
        let reply = try claim(session)
        return reply.json["error"]["code"].text ?? "\(reply.status)"
    }
}
