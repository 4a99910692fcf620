import Foundation
import TestSupport
import Testing

/// CONTRACT section 1: what a reply looks like.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct EnvelopeContractTests {
    @Test func `a success has status, statusCode, message and data, and nothing else`() async throws
    {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            let session = try server.initiate("+16505550143")
            let replies = [
                try server.me(token), try server.call("GET", "/healthz"),
                try server.call("GET", "/api/auth/validate", bearer: token),
                try server.call("GET", "/api/user/me/devices", bearer: token),
                try server.claim(session), try server.perform("cancel", session),
            ]
            for reply in replies {
                #expect(reply.json.names == ["status", "statusCode", "message", "data"])
                #expect(reply.json["status"].text == "success")
                #expect(reply.json["statusCode"] == .number(Double(reply.status)), "\(reply)")
                #expect(reply.json["message"].text?.isEmpty == false)
                guard case .object = reply.data else {
                    Issue.record("data is no object: \(reply)")
                    continue
                }
            }
            #expect(replies.map(\.status) == [200, 200, 200, 200, 202, 200])
        }
    }

    @Test func `an error has status, statusCode and error, and details that are a string`()
        async throws
    {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            let reply = try server.call("PUT", "/api/user/me", #"{"name":" "}"#, bearer: token)
            let expected =
                #"{"status":"error","statusCode":400,"error":{"code":"INVALID_NAME","#
                + #""message":"Invalid name provided","details":"Name must be a non-empty string","#
                + #""fields":[{"field":"name","code":"INVALID_NAME","#
                + #""message":"Name must be a non-empty string"}]}}"#
            #expect(reply.text == expected)
            let errors = [
                try server.call("GET", "/nope"), try server.call("PUT", "/healthz"),
                try server.call("GET", "/api/auth/validate"), try server.claim("x"),
                try server.refresh("x"), try server.call("GET", "/api/webhook"),
            ]
            for reply in errors {
                #expect(reply.isError(reply.status), "\(reply)")
                #expect(reply.json.names == ["status", "statusCode", "error"])
                #expect(reply.json["error"].names == ["code", "message", "details"], "\(reply)")
            }
            #expect(errors.map(\.status) == [404, 405, 401, 404, 401, 403])
        }
    }

    @Test func `JSON is UTF-8, in and out`() async throws {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            let name = "Zoë 王 👩‍🔬"
            let put = try server.call(
                "PUT", "/api/user/me", #"{"name":"\#(name)"}"#, bearer: token)
            #expect(put.data["name"].text == name)
            let me = try server.me(token)
            #expect(me.data["name"].text == name)
            #expect(me["Content-Type"] == "application/json; charset=utf-8")
        }
    }

    @Test func `times are integers, in Unix seconds`() async throws {
        try await withServer { server in
            let before = Date().timeIntervalSince1970.rounded(.down)
            let token = try server.signedIn("16505550142").accessToken
            let replies = [
                try server.claim(try server.start("16505550143")), try server.me(token),
                try server.call("GET", "/api/auth/validate", bearer: token),
                try server.call("GET", "/api/user/me/devices", bearer: token),
            ]
            for reply in replies {
                let times = reply.text.matches(of: /"(expiresAt|createdAt|lastUsedAt)":([^,}]*)/)
                #expect(!times.isEmpty, "\(reply)")
                for time in times {
                    let seconds = try #require(Int(time.output.2), "\(reply)")
                    #expect(Double(seconds) >= before && Double(seconds) < before + 1200)
                }
            }
        }
    }

    @Test func `the names in replies are camelCase`() async throws {
        try await withServer { server in
            let session = try server.confirmed("16505550142", #""name":"Ada""#)
            let claimed = try server.claim(session)
            let pair = try Session(claimed.data)
            let replies = [
                claimed, try server.refresh(pair.refreshToken), try server.me(pair.accessToken),
                try server.call("GET", "/api/user/me/devices", bearer: pair.accessToken),
                try server.call("GET", "/api/auth/validate", bearer: pair.accessToken),
                try server.call("POST", "/api/auth/initiate", #"{"phone_number":7}"#),
            ]
            for reply in replies {
                for name in reply.json.allNames {
                    #expect(name.first?.isLowercase == true && !name.contains("_"), "\(name)")
                }
            }
        }
    }

    @Test func `the pages and their assets stand outside the envelope`() async throws {
        let types = [
            ("/", "text/html; charset=utf-8"), ("/otpless.d.ts", "text/plain; charset=utf-8"),
            ("/otpless.js", "text/javascript; charset=utf-8"),
        ]
        try await withServer { server in
            for (path, type) in types {
                let reply = try server.call("GET", path)
                #expect(reply.status == 200 && reply["Content-Type"] == type, "\(path)")
            }
        }
    }
}
