import TestSupport
import Testing

/// CONTRACT section 1: what a request looks like.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct RequestContractTests {
    /// Every field of every endpoint that takes a body: its camelCase name, what is wrong about `7`.
    private static let fields: [(path: String, field: String, others: String)] = [
        ("/api/auth/initiate", "phoneNumber", ""),
        ("/api/auth/initiate", "method", phone), ("/api/auth/initiate", "codeChallenge", phone),
        ("/api/auth/initiate", "name", phone), ("/api/auth/initiate", "deviceType", phone),
        ("/api/auth/initiate", "notificationDeviceId", phone),
        ("/api/auth/initiate", "locale", phone),
        ("/api/auth/claim", "sessionId", ""), ("/api/auth/ack", "sessionId", ""),
        ("/api/auth/cancel", "sessionId", ""), ("/api/auth/refresh", "refreshToken", ""),
        ("/api/auth/refresh", "userId", #""refreshToken":"x","#),
        ("/api/auth/logout", "userId", ""),
        ("/api/auth/logout", "scope", #""userId":"x","refreshToken":"y","#),
    ]

    private static let phone = #""phoneNumber":"+16505550142","#

    /// The endpoints that take a body, and their methods.
    private static let bodies = [
        ("POST", "/api/auth/initiate"), ("POST", "/api/auth/claim"), ("POST", "/api/auth/ack"),
        ("POST", "/api/auth/cancel"), ("POST", "/api/auth/refresh"), ("POST", "/api/auth/logout"),
        ("PUT", "/api/user/me"),
    ]

    @Test func `every field of a request has a camelCase and a snake_case name`() async throws {
        try await withServer { server in
            for (path, field, others) in Self.fields {
                for name in [field, snakeCase(field)] {
                    let reply = try server.call("POST", path, #"{\#(others)"\#(name)":7}"#)
                    #expect(reply.isError(400), "\(path) \(name): \(reply)")
                    #expect(reply.faultyFields == [field], "\(path) \(name): \(reply)")
                }
            }
        }
    }

    @Test func `the snake_case names do what the camelCase names do`() async throws {
        try await withServer { server in
            let digits = "16505550142"
            let started = try server.call(
                "POST", "/api/auth/initiate",
                #"{"phone_number":"+\#(digits)","code_challenge":"\#(SampleProof.challenge)","#
                    + #""device_type":"ios","notification_device_id":"n"}"#)
            let session = try #require(started.data["sessionId"].text)
            try server.press(\.confirm, on: server.whatsApp.phone(digits))
            let proof = #"{"session_id":"\#(session)","code_verifier":"\#(SampleProof.verifier)"}"#
            let signedIn = try Session(try server.call("POST", "/api/auth/claim", proof).data)
            #expect(try server.call("POST", "/api/auth/ack", proof).status == 200)
            let pair =
                #""refresh_token":"\#(signedIn.refreshToken)","user_id":"\#(signedIn.userID)""#
            for path in ["/api/auth/refresh", "/api/auth/logout"] {
                #expect(try server.call("POST", path, "{\(pair)}").status == 200, "\(path)")
            }
        }
    }

    @Test func `both names at once with different values are INVALID_PARAMETERS`() async throws {
        try await withServer { server in
            for (path, field, others) in Self.fields where snakeCase(field) != field {
                let both = #""\#(field)":"a","\#(snakeCase(field))":"b""#
                let reply = try server.call("POST", path, "{\(others)\(both)}")
                #expect(reply.isError(400, "INVALID_PARAMETERS"), "\(path) \(field): \(reply)")
                #expect(reply.faultyFields == [field], "\(path) \(field): \(reply)")
            }
        }
    }

    @Test func `a field that is null counts as absent`() async throws {
        try await withServer { server in
            _ = try server.start(
                "16505550142", #""method":null,"codeChallenge":null,"name":null"#,
                #""deviceType":null,"notificationDeviceId":null,"locale":null"#)
            let session = try server.confirmed("16505550143")
            let claim = #"{"sessionId":"\#(session)","codeVerifier":null}"#
            let pair = try Session(try server.call("POST", "/api/auth/claim", claim).data)
            let refresh = #"{"refreshToken":"\#(pair.refreshToken)","userId":null}"#
            #expect(try server.call("POST", "/api/auth/refresh", refresh).status == 200)
            let logout = #"{"userId":"\#(pair.userID)","refreshToken":null,"scope":null}"#
            let out = try server.call("POST", "/api/auth/logout", logout, bearer: pair.accessToken)
            #expect(out.status == 200)
            let required = [
                ("initiate", "phoneNumber", "MISSING_PARAMETERS"),
                ("claim", "sessionId", "MISSING_SESSION_ID"),
                ("refresh", "refreshToken", "MISSING_PARAMETERS"),
                ("logout", "userId", "MISSING_USER_ID"),
            ]
            for (path, field, code) in required {
                let reply = try server.call("POST", "/api/auth/\(path)", #"{"\#(field)":null}"#)
                #expect(reply.isError(400, code), "\(path)")
            }
        }
    }

    @Test func `a body that is not sent as JSON is 415 at every endpoint that takes one`()
        async throws
    {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            for (method, path) in Self.bodies {
                for type in [nil, "text/plain"] {
                    var request = HTTPRequest(
                        method: method, path: path,
                        headers: [("Authorization", "Bearer \(token)")], body: Array("{}".utf8))
                    if let type { request.headers.append(("Content-Type", type)) }
                    let reply = try exchange(request, port: server.port)
                    #expect(reply.isError(415, "UNSUPPORTED_MEDIA_TYPE"), "\(path): \(reply)")
                }
            }
        }
    }

    @Test
    func `a body that is empty or no object is INVALID_JSON at every endpoint that takes one`()
        async throws
    {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            for (method, path) in Self.bodies {
                for body in ["", "[]", "null", "x"] {
                    let reply = try server.call(method, path, body, bearer: token)
                    #expect(reply.isError(400, "INVALID_JSON"), "\(path) \(body): \(reply)")
                }
            }
        }
    }

    private func snakeCase(_ name: String) -> String {
        name.reduce(into: "") { $0 += $1.isUppercase ? "_" + $1.lowercased() : String($1) }
    }
}
