import TestSupport
import Testing

/// `/openapi.json` says what is so with this server's configuration.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct APISettingTests {
    private static let start = "POST /api/auth/initiate"

    private static func json(_ text: String) throws -> JSON { try JSON(Array(text.utf8)) }

    @Test func `the description names the server's own address, app and version`() async throws {
        try await withServer(["OTPLESS_APP_NAME": #"Ada's "Shop""#]) { server in
            let document = try APIDescription(server).document
            #expect(document["openapi"].text == "3.1.0")
            #expect(
                document["servers"].list.map { $0["url"].text } == [
                    "http://127.0.0.1:\(server.port)"
                ])
            #expect(document["info"]["title"].text == #"Ada's "Shop" login API"#)
            #expect(document["info"]["version"].text == "0.1.0")
        }
    }

    @Test func `with one method only, the other one is not described`() async throws {
        try await withServer(["OTPLESS_METHODS": "link"]) { server in
            let description = try APIDescription(server)
            let request = description.request(Self.start)
            let check = description.check
            #expect(check.faults(try Self.json(#"{"method":"link"}"#), request).isEmpty)
            #expect(!check.faults(try Self.json(#"{"method":"prompt"}"#), request).isEmpty)
            #expect(
                !check.faults(try Self.json(#"{"phoneNumber":"+16505550142"}"#), request).isEmpty)
            let body = #"{"method":"link","qrCode":true}"#
            let reply = try server.call("POST", "/api/auth/initiate", body)
            #expect(reply.json["data"]["qrCode"].text?.contains("<svg") == true)
            #expect(description.faults(reply, to: Self.start) == [])
        }
        try await withServer(["OTPLESS_METHODS": "prompt"]) { server in
            let description = try APIDescription(server)
            let request = description.request(Self.start)
            let phone = #""phoneNumber":"+16505550142""#
            let check = description.check
            #expect(check.faults(try Self.json("{\(phone)}"), request).isEmpty)
            #expect(!check.faults(try Self.json(#"{"method":"link",\#(phone)}"#), request).isEmpty)
            #expect(!check.faults(try Self.json("{}"), request).isEmpty)
        }
    }

    @Test func `a code challenge is described as required where it is`() async throws {
        for (value, isRequired) in [("on", true), ("off", false)] {
            try await withServer(["OTPLESS_REQUIRE_CODE_CHALLENGE": value]) { server in
                let description = try APIDescription(server)
                let body = try Self.json(#"{"phoneNumber":"+16505550142"}"#)
                let faults = description.check.faults(body, description.request(Self.start))
                #expect(faults.isEmpty != isRequired)
            }
        }
    }

    @Test func `matchNumber is described where numbers are matched`() async throws {
        for (value, isThere) in [("match", true), ("tap", false)] {
            try await withServer(["OTPLESS_CONFIRMATION": value]) { server in
                let description = try APIDescription(server)
                let response = description.response(Self.start, 200)
                let schema = response["content"]["application/json"]["schema"]
                let data = schema["properties"]["data"]["properties"]
                #expect(data.names.contains("matchNumber") == isThere)
                let reply = try server.begin(#""phoneNumber":"+16505550142""#).reply
                #expect(description.faults(reply, to: Self.start) == [])
            }
        }
    }

    @Test func `the cookie of refresh tokens is described where it is on`() async throws {
        for isOn in [true, false] {
            try await withServer(["OTPLESS_REFRESH_COOKIE": isOn ? "on" : "off"]) { server in
                let description = try APIDescription(server)
                let components = description.document["components"]
                #expect(components["securitySchemes"].names.contains("refreshCookie") == isOn)
                #expect(components["schemas"].names.contains("ReadyFrame") == isOn)
                #expect(components["schemas"].names.contains("SuccessFrame") != isOn)
                let signedIn = components["schemas"]["SignedIn"]["properties"]
                #expect(signedIn.names.contains("refreshToken") != isOn)
                let claim = description.response("POST /api/auth/claim", 200)
                #expect(claim["headers"].names.contains("Set-Cookie") == isOn)
                let name = components["securitySchemes"]["refreshCookie"]["name"].text
                #expect(name == (isOn ? "otpless_refresh" : nil))
            }
        }
    }
}
