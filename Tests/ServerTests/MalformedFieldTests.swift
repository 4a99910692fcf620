import TestSupport
import Testing

/// Requests that are good HTTP, but not what the endpoint asks for.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct MalformedFieldTests {
    typealias Case = (body: String, code: String)

    @Test func `a body that is not a JSON object is refused`() async throws {
        try await withServer { server in
            let deep = String(repeating: #"{"a":"#, count: 10_000)
            let bodies = [
                "", " ", "x", "null", "1", #""text""#, "[]", #"[{"phoneNumber":"+16505550142"}]"#,
                "{", "{}}", "[1,]", #"{"phoneNumber":"+16505550142",}"#, "{'a':1}",
                "{\"a\":\"\u{1}\"}",
                #"{"phoneNumber":"+16505550142","phoneNumber":"+16505550143"}"#,
                #"{"a":1,"\u0061":2}"#, #"{"a":NaN}"#, #"{"a":01}"#, #"{"a":"\ud800"}"#,
                "\u{FEFF}{}", deep,
            ]
            for body in bodies {
                let reply = try initiate(server, body)
                #expect(reply.isError(400, "INVALID_JSON"), "\(body.prefix(60)): \(reply)")
            }
            let reply = try exchange(
                HTTPRequest(
                    method: "POST", path: "/api/auth/initiate",
                    headers: [("Content-Type", "application/json")],
                    body: Array(#"{"phoneNumber":"+1"#.utf8) + [0xFF, 0xC0] + Array("\"}".utf8)),
                port: server.port)
            #expect(reply.isError(400, "INVALID_JSON"), "not UTF-8")
            try expectGood(server)
        }
    }

    @Test func `a body that is not declared as JSON is refused`() async throws {
        try await withServer { server in
            let types: [String?] = [
                nil, "text/plain", "application/x-www-form-urlencoded", "application/jsonx",
                "application/json5", "text/json", "",
            ]
            for type in types {
                let reply = try post(server, contentType: type)
                #expect(reply.isError(415, "UNSUPPORTED_MEDIA_TYPE"), "\(type ?? "none")")
            }
            for type in ["application/json", "Application/JSON; charset=utf-8"] {
                #expect(try post(server, contentType: type).status == 200, "\(type)")
            }
        }
    }

    @Test func `fields that cannot be right are named`() async throws {
        let cases: [(body: String, code: String, field: String)] = [
            ("{}", "MISSING_PARAMETERS", "phoneNumber"),
            (#"{"phoneNumber":null}"#, "MISSING_PARAMETERS", "phoneNumber"),
            (#"{"phoneNumber":16505550142}"#, "INVALID_PARAMETERS", "phoneNumber"),
            (#"{"phoneNumber":["+16505550142"]}"#, "INVALID_PARAMETERS", "phoneNumber"),
            (#"{"phoneNumber":""}"#, "INVALID_PHONE_NUMBER", "phoneNumber"),
            (#"{"phoneNumber":"6505550142"}"#, "INVALID_PHONE_NUMBER", "phoneNumber"),
            (#"{"phoneNumber":"+0165055501"}"#, "INVALID_PHONE_NUMBER", "phoneNumber"),
            (#"{"phoneNumber":"+123456"}"#, "INVALID_PHONE_NUMBER", "phoneNumber"),
            (#"{"phoneNumber":"+1234567890123456"}"#, "INVALID_PHONE_NUMBER", "phoneNumber"),
            (#"{"phoneNumber":"+1650555014x"}"#, "INVALID_PHONE_NUMBER", "phoneNumber"),
            (#"{"phoneNumber":"++16505550142"}"#, "INVALID_PHONE_NUMBER", "phoneNumber"),
            (#"{"phoneNumber":"+٠١٢٣٤٥٦٧٨"}"#, "INVALID_PHONE_NUMBER", "phoneNumber"),
            (
                #"{"phoneNumber":"+16505550142","phone_number":"+16505550143"}"#,
                "INVALID_PARAMETERS", "phoneNumber"
            ),
            (good(#""name":"""#), "INVALID_NAME", "name"),
            (good(#""name":"  \t ""#), "INVALID_NAME", "name"),
            (good(#""name":7"#), "INVALID_NAME", "name"),
            (good(#""name":"a\u0000b""#), "INVALID_NAME", "name"),
            (
                good(#""name":"\#(String(repeating: "a", count: 101))""#), "INVALID_NAME", "name"
            ),
            (good(#""method":"pigeon""#), "INVALID_PARAMETERS", "method"),
            (good(#""method":1"#), "INVALID_PARAMETERS", "method"),
            (good(#""codeChallenge":"short""#), "INVALID_PARAMETERS", "codeChallenge"),
            (good(#""deviceType":"fridge""#), "INVALID_PARAMETERS", "deviceType"),
            (good(#""locale":"not a tag""#), "INVALID_PARAMETERS", "locale"),
        ]
        try await withServer { server in
            for (body, code, field) in cases {
                let reply = try initiate(server, body)
                #expect(reply.isError(400, code), "\(body): \(reply)")
                let fields = reply.json["error"]["fields"].list
                #expect(fields.map { $0["field"].text } == [field], "\(body): \(reply)")
                #expect(fields.first?.names == ["field", "code", "message"], "\(body)")
            }
            try expectGood(server)
        }
    }

    @Test func `both spellings of a field are taken`() async throws {
        try await withServer { server in
            let bodies = [
                #"{"phone_number":"+16505550142"}"#, #"{"phoneNumber":"0016505550143"}"#,
                #"{"phoneNumber":"+1234567890"}"#,
                #"{"phone_number":"+16505550144","phoneNumber":"+16505550144"}"#,
                #"{"phone_number":null,"phoneNumber":"+16505550145"}"#,
                #"{"phone_number":"+16505550146","device_type":"iOS","name":null,"more":[{}]}"#,
            ]
            for body in bodies {
                let reply = try initiate(server, body)
                #expect(reply.status == 200, "\(body): \(reply)")
            }
        }
    }

    @Test func `two spellings of one value are one value`() async throws {
        try await withServer { server in
            let body = #"{"phone_number":"+16505550142","phoneNumber":"\u002b16505550142"}"#
            let reply = try initiate(server, body)
            #expect(reply.status == 200)
        }
    }

    private func good(_ member: String) -> String { #"{"phoneNumber":"+16505550142",\#(member)}"# }

    private func initiate(_ server: LiveServer, _ body: String) throws -> HTTPReply {
        try server.call("POST", "/api/auth/initiate", body)
    }

    private func post(_ server: LiveServer, contentType: String?) throws -> HTTPReply {
        let headers = contentType.map { [("Content-Type", $0)] } ?? []
        let body = Array(#"{"phoneNumber":"+16505550142"}"#.utf8)
        return try exchange(
            HTTPRequest(method: "POST", path: "/api/auth/initiate", headers: headers, body: body),
            port: server.port)
    }

    /// Only the good request left a message, and only it started a login.
    private func expectGood(_ server: LiveServer) throws {
        let phone = server.whatsApp.phone("16505550142")
        #expect(throws: Fault.self) { try phone.prompt() }
        let session = try server.initiate(phone.e164)
        #expect(try server.claim(session).status == 202)
        _ = try phone.prompt()
    }
}
