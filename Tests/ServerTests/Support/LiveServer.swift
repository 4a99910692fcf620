import Glibc
import TestSupport

/// The product as an operator runs it: the real program, a real database, WhatsApp simulated.
final class LiveServer {
    static let jwtSecret = "test-jwt-secret-of-more-than-32-bytes"
    static let verifyToken = "test-verify-token"

    let port: UInt16
    let whatsApp: SimulatedWhatsApp
    private(set) var process: ChildProcess
    private let folder: TemporaryFolder
    let environment: [String: String]

    /// The path of the database.
    var database: String { folder.path + "/otpless.db" }

    /// Everything that the runs so far wrote to standard error.
    var log: String { folder.read("stderr") }

    init(
        port: UInt16, whatsApp: SimulatedWhatsApp, changes: [String: String]
    ) throws {
        self.port = port
        self.whatsApp = whatsApp
        folder = try TemporaryFolder()
        environment = Self.environment(port, whatsApp.port, folder).merging(changes) { $1 }
        process = try Self.start(environment, folder)
        try waitUntilItAnswers()
    }

    /// What `serve` must be told.
    static func environment(
        _ port: UInt16, _ providerPort: UInt16, _ folder: TemporaryFolder
    ) -> [String: String] {
        [
            "OTPLESS_LISTEN": "127.0.0.1:\(port)",
            "OTPLESS_PUBLIC_URL": "http://127.0.0.1:\(port)",
            "OTPLESS_DATABASE": "sqlite:\(folder.path)/otpless.db",
            "OTPLESS_WORKERS": "2",
            "OTPLESS_JWT_SECRET": jwtSecret,
            "OTPLESS_WHATSAPP_BASE_URL": "http://127.0.0.1:\(providerPort)",
            "OTPLESS_WHATSAPP_PHONE_NUMBER_ID": SimulatedWhatsApp.numberID,
            "OTPLESS_WHATSAPP_PHONE_NUMBER": SimulatedWhatsApp.businessNumber,
            "OTPLESS_WHATSAPP_ACCESS_TOKEN": SimulatedWhatsApp.accessToken,
            "OTPLESS_WHATSAPP_APP_SECRET": SimulatedWhatsApp.appSecret,
            "OTPLESS_WHATSAPP_VERIFY_TOKEN": verifyToken,
            "OTPLESS_LIMIT_PHONE": "off", "OTPLESS_LIMIT_IP": "off", "OTPLESS_DENY_BLOCK": "off",
        ]
    }

    private static func start(
        _ environment: [String: String], _ folder: TemporaryFolder
    ) throws -> ChildProcess {
        try ChildProcess(
            ["serve"], environment: environment, output: folder.path + "/stdout",
            errors: folder.path + "/stderr")
    }

    private func waitUntilItAnswers() throws {
        _ = try waitFor("the server to answer; it wrote: \(log)") {
            if let end = process.ended { throw Fault("the server ended: \(end); \(log)") }
            return try? call("GET", "/healthz")
        }
    }

    // MARK: Ends

    /// The power goes: nothing that was not on disk survives.
    func kill() throws {
        process.signal(SIGKILL)
        let end = try process.waitForEnd()
        guard end == .killed(SIGKILL) else { throw Fault("the server ended by itself: \(end)") }
    }

    /// Starts again on the same port and the same database.
    func restart() throws {
        try launch()
        try waitUntilItAnswers()
    }

    /// Starts again and does not wait for it.
    func launch() throws {
        process = try Self.start(environment, folder)
    }

    func killAndRestart() throws {
        try kill()
        try restart()
    }
}

/// Runs a test against a server of its own, and cleans up behind it.
func withServer(
    _ changes: [String: String] = [:], _ test: (LiveServer) throws -> Void
) async throws {
    let port = try FreePort.next()
    let whatsApp = try await SimulatedWhatsApp(webhookPort: port)
    let result = Result {
        try test(try LiveServer(port: port, whatsApp: whatsApp, changes: changes))
    }
    await whatsApp.stop()
    try result.get()
}
