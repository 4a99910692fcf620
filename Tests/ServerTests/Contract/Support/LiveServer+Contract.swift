import TestSupport

/// The verifier of RFC 7636, appendix B, and its challenge.
enum SampleProof {
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
}

extension Session {
    /// The refresh token with another last letter: well-formed, but never issued.
    var forgedRefreshToken: String {
        refreshToken.dropLast() + (refreshToken.hasSuffix("A") ? "E" : "A")
    }
}

extension LiveServer {
    /// Starts a login with more members than the number.
    func start(_ digits: String, _ members: String...) throws -> String {
        let all = [#""phoneNumber":"+\#(digits)""#] + members.filter { !$0.isEmpty }
        let body = "{" + all.joined(separator: ",") + "}"
        let reply = try call("POST", "/api/auth/initiate", body)
        guard reply.status == 200, let session = reply.json["data"]["sessionId"].text else {
            throw Fault("initiate \(body): \(reply)")
        }
        return session
    }

    /// Presses a button of the latest message; what it changes is on disk when this returns.
    func press(_ button: KeyPath<Phone.Prompt, String>, on phone: Phone) throws {
        let prompt = try phone.prompt()
        // A message of its own each time: one id twice is the same message.
        let id = "wamid.of.\(UInt64.random(in: 0 ... .max))"
        let tap = Webhook.tap(prompt[keyPath: button], by: phone.digits, id: id)
        let reply = try deliver(tap)
        guard reply.status == 200 else { throw Fault("webhook: \(reply)") }
    }

    /// A login that is confirmed; nobody has its tokens yet.
    func confirmed(_ digits: String, _ members: String...) throws -> String {
        let session = try start(digits, members.joined(separator: ","))
        try press(\.confirm, on: whatsApp.phone(digits))
        return session
    }

    /// A signed-in page that has acknowledged its tokens.
    func signedIn(_ digits: String, _ members: String...) throws -> Session {
        let session = try confirmed(digits, members.joined(separator: ","))
        let signedIn = try Session(try claim(session).json["data"])
        guard try perform("ack", session).status == 200 else { throw Fault("ack") }
        return signedIn
    }

    /// Whether nothing of a session counts any more: neither its access token nor its refresh token.
    func refuses(_ session: Session) throws -> Bool {
        let validate = try call("GET", "/api/auth/validate", bearer: session.accessToken)
        return try me(session.accessToken).isError(401, "INVALID_TOKEN")
            && validate.isError(401, "INVALID_TOKEN")
            && refresh(session.refreshToken).isError(401, "INVALID_REFRESH_TOKEN")
    }

    /// `claim`, `ack` or `cancel`.
    func perform(_ operation: String, _ session: String) throws -> HTTPReply {
        try call("POST", "/api/auth/\(operation)", #"{"sessionId":"\#(session)"}"#)
    }
}

/// Runs a test against a server whose database is at hand, and cleans up behind it.
func withServerAndStore(
    _ changes: [String: String] = [:], _ test: (LiveServer, String) throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/contract.db"
    let all = changes.merging(["OTPLESS_DATABASE": "sqlite:\(path)"]) { $1 }
    try await withServer(all) { try test($0, path) }
}

/// Runs a test against a server whose phones report nothing by themselves: what is delivered and read
/// is the test's to say.
func withQuietServer(
    _ changes: [String: String] = [:], _ test: (LiveServer, SimulatedWhatsApp) throws -> Void
) async throws {
    let quiet = try await SimulatedWhatsApp(webhookPort: try FreePort.next())
    let elsewhere = ["OTPLESS_WHATSAPP_BASE_URL": "http://127.0.0.1:\(quiet.port)"]
    do {
        try await withServer(changes.merging(elsewhere) { $1 }) { try test($0, quiet) }
    } catch {
        await quiet.stop()
        throw error
    }
    await quiet.stop()
}
