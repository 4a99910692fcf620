import TestSupport

/// What a page holds once it is signed in.
struct Session {
    let accessToken: String
    let refreshToken: String
    let userID: String

    /// Reads the data of `auth_success`, `claim` or, with the user known, `refresh`.
    init(_ data: JSON, user: String? = nil) throws {
        guard let access = data["accessToken"].text, let refresh = data["refreshToken"].text,
            let user = data["userId"].text ?? user
        else { throw Fault("no session in \(data)") }
        accessToken = access
        refreshToken = refresh
        userID = user
    }
}

extension LiveServer {
    /// Calls the API over a connection of its own; a body is sent as JSON.
    func call(
        _ method: String, _ path: String, _ json: String? = nil, bearer: String? = nil,
        headers: [(String, String)] = []
    ) throws -> HTTPReply {
        var request = HTTPRequest(method: method, path: path, headers: headers)
        if let json {
            request.body = Array(json.utf8)
            request.headers.append(("Content-Type", "application/json"))
        }
        if let bearer { request.headers.append(("Authorization", "Bearer \(bearer)")) }
        return try exchange(request, port: port)
    }

    /// Starts a login and returns its session id.
    func initiate(_ number: String) throws -> String {
        let reply = try call("POST", "/api/auth/initiate", #"{"phoneNumber":"\#(number)"}"#)
        guard reply.status == 200, let session = reply.json["data"]["sessionId"].text else {
            throw Fault("initiate: \(reply)")
        }
        return session
    }

    func page(_ session: String) throws -> PageSocket {
        try PageSocket(session: session, port: port)
    }

    func claim(_ session: String) throws -> HTTPReply {
        try call("POST", "/api/auth/claim", #"{"sessionId":"\#(session)"}"#)
    }

    func refresh(_ token: String) throws -> HTTPReply {
        try call("POST", "/api/auth/refresh", #"{"refreshToken":"\#(token)"}"#)
    }

    func logout(_ session: Session) throws -> HTTPReply {
        try call(
            "POST", "/api/auth/logout",
            #"{"userId":"\#(session.userID)","refreshToken":"\#(session.refreshToken)"}"#)
    }

    func me(_ accessToken: String) throws -> HTTPReply {
        try call("GET", "/api/user/me", bearer: accessToken)
    }

    /// A whole login without a WebSocket.
    func signIn(_ digits: String) throws -> Session {
        let session = try initiate("+" + digits)
        try whatsApp.phone(digits).tapConfirm()
        let reply = try waitFor("the confirmation") {
            let reply = try claim(session)
            return reply.status == 202 ? nil : reply
        }
        let signedIn = try Session(reply.json["data"])
        let ack = try call("POST", "/api/auth/ack", #"{"sessionId":"\#(session)"}"#)
        guard ack.status == 200 else { throw Fault("ack: \(ack)") }
        return signedIn
    }

    /// Posts a webhook, rightly signed unless another signature is given.
    func deliver(_ body: [UInt8], signature: String? = nil) throws -> HTTPReply {
        try exchange(Self.webhook(body, signature: signature), port: port)
    }

    static func webhook(_ body: [UInt8], signature: String? = nil) -> HTTPRequest {
        HTTPRequest(
            method: "POST", path: "/api/webhook",
            headers: [
                ("Content-Type", "application/json"),
                ("X-Hub-Signature-256", signature ?? Webhook.signature(of: body)),
            ], body: body)
    }
}
