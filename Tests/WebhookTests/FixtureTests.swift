import Foundation
import OTPless
import TestSupport
import Testing
import Webhook
import Wire

/// Meta's deliveries, byte for byte, with the values of logins that are pending.
struct FixtureTests {
    @Test(arguments: try Fixture.all())
    func `each delivery does what it must`(_ fixture: Fixture) async throws {
        let test = try await TestApp(fixture.config)
        var pending: [Started] = []
        for _ in 0..<(fixture.setup?.count ?? 0) {
            pending.append(
                try await fixture.setup?.flow == "code" ? test.startLink() : test.start())
        }
        let status = try await fixture.deliver(to: test, pending.first)
        #expect(fixture.expect.http.contains(status), "answered \(status)")
        for login in pending {
            let stored = try #require(try await test.app.store.login(login.id))
            #expect(stored.state == fixture.expect.state)
            guard stored.state == .confirmed else { continue }
            let id = try #require(stored.user)
            #expect(try await test.app.store.user(id)?.phone.digits == fixture.sender)
        }
        try await checkRepetition(of: fixture, on: test, pending)
    }

    /// Providers repeat themselves: the same once more changes nothing.
    private func checkRepetition(
        of fixture: Fixture, on test: TestApp, _ pending: [Started]
    ) async throws {
        let hints = test.events.logins
        _ = try await fixture.deliver(to: test, pending.first)
        #expect(test.events.logins == hints)
    }

    @Test func `all deliveries as one, with everything twice, still confirm once`() async throws {
        let fixtures = try Fixture.all().filter { $0.expect.action == "confirm" }
        #expect(fixtures.count >= 4)
        for fixture in fixtures {
            let test = try await TestApp(fixture.config)
            let login =
                try await fixture.setup?.flow == "code" ? test.startLink() : test.start()
            let body = try String(decoding: fixture.body(for: login), as: UTF8.self)
            let start = #"{"object":"whatsapp_business_account","entry":["#
            let entry = body.trimmingCharacters(in: .whitespacesAndNewlines)
                .dropFirst(start.count).dropLast(2)
            try await test.deliver(start + "\(entry),\(entry)]}")
            #expect(try await test.state(of: login) == .confirmed)
            #expect(test.events.logins == [login.id])
        }
    }
}

/// One case of the manifest.
struct Fixture: Decodable, Sendable, CustomTestStringConvertible {
    struct Setup: Decodable {
        let flow: String
        let pendingLogins: Int?

        var count: Int { pendingLogins ?? 1 }
    }

    struct Expectation: Decodable {
        let http: [Int]
        let action: String
        let detail: String?

        var state: Login.State {
            // Ignored is what it confirms; the login that was asked of the former holder ends.
            if detail == "identity-flag" { return .cancelled }
            return ["confirm": .confirmed, "deny": .denied, "status-failed": .failed][action]
                ?? .pending
        }
    }

    struct Secrets: Decodable {
        let appSecret: String
        let verifyToken: String
        let phoneNumberId: String
    }

    private struct Manifest: Decodable {
        let config: Secrets
        let cases: [Fixture]
    }

    let id: String
    let query: [String: String]?
    let expectBody: String?
    let files: [String]?
    let setup: Setup?
    let placeholders: [String: String]?
    let sender: String?
    let sign: String?
    let expect: Expectation
    private var secrets: Secrets?

    var testDescription: String { id }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/webhooks")

    static func all() throws -> [Fixture] {
        let data = try Data(contentsOf: folder.appending(path: "manifest.json"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let manifest = try decoder.decode(Manifest.self, from: data)
        return manifest.cases.map { fixture in
            var fixture = fixture
            fixture.secrets = manifest.config
            return fixture
        }
    }

    var config: Config.WhatsApp {
        var settings = Config().whatsApp
        settings.appSecret = Secret(secrets?.appSecret ?? "")
        settings.verifyToken = Secret(secrets?.verifyToken ?? "")
        settings.phoneNumberID = secrets?.phoneNumberId ?? ""
        return settings
    }

    /// The body with a login's values in the place of its own.
    func body(for login: Started?) throws -> [UInt8] {
        let file = Self.folder.appending(path: files?.first ?? "")
        var text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        guard let login else { return Array(text.utf8) }
        let live = [
            "confirm_payload": login.confirm, "deny_payload": login.deny,
            "sent_message_id": login.messageID, "wa_id": login.sender, "code": login.code,
            "timestamp": String(TestApp.beginning.seconds),
        ]
        for (name, value) in live {
            guard let old = placeholders?[name] else { continue }
            text = text.replacing(old, with: value)
        }
        return Array(text.utf8)
    }

    /// Delivers it and returns the status of the answer.
    func deliver(to test: TestApp, _ login: Started?) async throws -> Int {
        do {
            if let query {
                let items = query.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
                let request = Request(method: .get, target: "/api/webhook?\(items)")
                #expect(try test.endpoint.challenge(of: request) == expectBody)
                return 200
            }
            let body = try body(for: login)
            let signature =
                sign == "bad"
                ? "sha256=" + String(repeating: "0", count: 64)
                : Signing.header(for: body, secret: config.appSecret)
            try await test.post([("X-Hub-Signature-256", signature)], body)
            return 200
        } catch let failure as Failure {
            return failure.code.status
        }
    }
}
