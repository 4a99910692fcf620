import OTPless
import TestSupport
import Testing
import otpless_server

/// `/openapi.json` is complete and agrees with itself; that it agrees with the server, see APIReplyTests
/// and Tests/Browser/test_openapi.py.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct APIDescriptionTests {
    @Test func `the description has every route of the server and no other`() async throws {
        var config = Config()
        config.publicURL = "https://login.example.com"
        config.tokens.secret = Secret(String(repeating: "s", count: 32))
        config.whatsApp.appSecret = Secret("app secret")
        config.whatsApp.verifyToken = Secret("verify token")
        let events = LoginEvents()
        let app = try await App(
            config: config, store: SQLiteStore(path: ":memory:"),
            messenger: LastPromptMessenger(), events: events, log: Log())
        let routes = try routeNames(app, events).map { "\($0.method) \($0.path)" }
        try await withServer { server in
            let described = try APIDescription(server).operations.map(\.name)
            #expect(described.sorted() == routes.sorted())
        }
    }

    @Test func `every code of the catalogue is described with its status, and stands in a reply`()
        async throws
    {
        try await withServer { server in
            let description = try APIDescription(server)
            let components = description.document["components"]
            let codes = Failure.Code.allCases.map(\.rawValue)
            #expect(components["examples"].names == Set(codes))
            #expect(components["schemas"]["ErrorCode"]["enum"].list.compactMap(\.text) == codes)
            for code in Failure.Code.allCases {
                let example = components["examples"][code.rawValue]["value"]
                #expect(example["statusCode"] == .number(Double(code.status)))
                #expect(example["error"]["code"].text == code.rawValue)
                #expect(example["error"]["message"].text == code.message)
                #expect(example["error"]["details"].text == code.details)
            }
            var told: Set<String> = []
            description.walk { _, value in
                told.formUnion(
                    value["error"]["properties"]["code"]["enum"].list.compactMap(\.text))
            }
            #expect(told == Set(codes))
        }
    }

    @Test func `the codes of a reply have the reply's status, and each has an example`()
        async throws
    {
        try await withServer { server in
            let description = try APIDescription(server)
            let statuses = Dictionary(
                uniqueKeysWithValues: Failure.Code.allCases.map { ($0.rawValue, $0.status) })
            for operation in description.operations {
                let responses = operation.value["responses"]
                for status in responses.names {
                    let content = description.resolved(responses[status])["content"]
                    let json = content["application/json"]
                    let error = json["schema"]["properties"]["error"]
                    let codes = error["properties"]["code"]["enum"].list.compactMap(\.text)
                    let place: Comment = "\(operation.name) \(status): \(codes)"
                    #expect(codes.allSatisfy { statuses[$0] == Int(status) }, place)
                    if !codes.isEmpty { #expect(json["examples"].names == Set(codes), place) }
                }
            }
        }
    }

    @Test func `every reference of the description leads to something`() async throws {
        try await withServer { server in
            let description = try APIDescription(server)
            let ids = Set(description.operations.compactMap { $0.value["operationId"].text })
            #expect(ids.count == description.operations.count)
            var schemes: Set<String> = []
            description.walk { place, value in
                if let reference = value["$ref"].text {
                    #expect(description.check.target(of: reference) != .null, "\(place)")
                }
                if let id = value["operationId"].text { #expect(ids.contains(id), "\(place)") }
                for choice in value["security"].list { schemes.formUnion(choice.names) }
                let own = value.names.filter { $0.hasPrefix("x-") }
                #expect(own.isSubset(of: ["x-websocket", "x-security"]), "\(place)")
                #expect(value.text?.contains("${") != true, "\(place)")
            }
            let known = description.document["components"]["securitySchemes"].names
            #expect(schemes == known)
        }
    }

    @Test(arguments: [[:], ["OTPLESS_CONFIRMATION": "match", "OTPLESS_REFRESH_COOKIE": "on"]])
    func `the examples of the description fit their schemas`(
        _ settings: [String: String]
    ) async throws {
        try await withServer(settings) { server in
            let description = try APIDescription(server)
            var count = 0
            description.walk { place, value in
                let schema = value["schema"] == .null ? value : value["schema"]
                let named = value["examples"]
                let examples =
                    named.list + named.names.map { description.resolved(named[$0])["value"] }
                    + (value["schema"] == .null || value["example"] == .null
                        ? [] : [value["example"]])
                guard schema.names.contains(where: { $0 == "$ref" || $0 == "type" }) else { return }
                for example in examples {
                    count += 1
                    let faults = description.check.faults(example, schema)
                    #expect(faults.isEmpty, "\(place): \(faults)")
                }
            }
            #expect(count > 150)
        }
    }
}
