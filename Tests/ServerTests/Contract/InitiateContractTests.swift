import Foundation
import TestSupport
import Testing

/// CONTRACT section 2, POST /api/auth/initiate: the fields and the reply.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct InitiateContractTests {
    @Test(arguments: [
        "+1 650 555 0142", "+1.650.555.0142", "+1-650-555-0142", "+1(650)5550142",
        "+1[650]5550142", "0016505550142", "00 1 (650) 555-0142",
    ])
    func `separators are dropped from a phone number, and 00 is the same as plus`(
        number: String
    ) async throws {
        try await withServer { server in
            _ = try server.initiate(number)
            _ = try server.whatsApp.phone("16505550142").prompt()
        }
    }

    @Test func `7 to 15 digits are a phone number, of which nothing else is checked`() async throws
    {
        try await withServer { server in
            for digits in ["1234567", "1234567890", "123456789012345"] {
                for prefix in ["+", "00"] {
                    _ = try server.initiate(prefix + digits)
                    _ = try server.whatsApp.phone(digits).prompt()
                }
            }
        }
    }

    @Test func `anything else is INVALID_PHONE_NUMBER, and no message is sent`() async throws {
        let numbers = [
            "16505550142", "06505550142", "+06505550142", "000123456789", "+123456", "00123456",
            "+1234567890123456", "+1/650/5550142", "+1650555014x", "", "+",
        ]
        try await withServer { server in
            for number in numbers {
                let reply = try initiate(server, #""phoneNumber":"\#(number)""#)
                #expect(reply.isError(400, "INVALID_PHONE_NUMBER"), "\(number): \(reply)")
                #expect(reply.faultyFields == ["phoneNumber"])
            }
            let state = try exchange(
                HTTPRequest("GET", "/simulator/state"), port: server.whatsApp.port)
            #expect(state.json["chats"].list.isEmpty)
        }
    }

    @Test func `method is prompt unless another one is named`() async throws {
        try await withServer { server in
            for members in ["", #","method":"prompt""#] {
                let reply = try initiate(server, #""phoneNumber":"+16505550142"\#(members)"#)
                #expect(reply.data["method"].text == "prompt")
            }
            for method in ["pigeon", "", "PROMPT"] {
                let body = #""phoneNumber":"+16505550142","method":"\#(method)""#
                let reply = try initiate(server, body)
                #expect(reply.isError(400, "INVALID_PARAMETERS"), "\(method): \(reply)")
                #expect(reply.faultyFields == ["method"])
            }
        }
    }

    @Test func `the message has a confirm and a deny button`() async throws {
        try await withServer { server in
            _ = try server.start("16505550142")
            let prompt = try server.whatsApp.phone("16505550142").prompt()
            #expect(prompt.confirm != prompt.deny)
        }
    }

    @Test func `the reply to a prompt has sessionId, expiresAt and method`() async throws {
        try await withServer(["OTPLESS_LOGIN_TTL": "5m"]) { server in
            let before = Date().timeIntervalSince1970.rounded(.down)
            let reply = try initiate(server, #""phoneNumber":"+16505550142""#)
            #expect(reply.isSuccess("Confirmation message sent successfully"))
            #expect(reply.data.names == ["sessionId", "expiresAt", "method"])
            let expiry = try #require(reply.data["expiresAt"].number)
            #expect(expiry >= before + 300 && expiry <= before + 360)
        }
    }

    @Test func `a session id has 128 random bits or more and fits into a URL`() async throws {
        try await withServer { server in
            var ids: Set<String> = []
            for _ in 1...20 { ids.insert(try server.start("16505550142")) }
            #expect(ids.count == 20)
            for id in ids {
                #expect(id.wholeMatch(of: /[A-Za-z0-9_-]+/) != nil, "\(id)")
            }
            // At six bits a character, the part in which all of them differ has 128 bits.
            let shared = try #require(ids.first).indices.filter { index in
                Set(ids.map { $0[index] }).count == 1
            }
            let length = try #require(ids.first?.count)
            #expect((length - shared.count) * 6 >= 128)
        }
    }

    @Test func `a name is used only if this login creates the account`() async throws {
        try await withServer { server in
            let first = try server.signedIn("16505550142", #""name":"  Ada ""#)
            #expect(try server.me(first.accessToken).data["name"].text == "Ada")
            let second = try server.signedIn("16505550142", #""name":"Grace""#)
            #expect(second.userID == first.userID)
            #expect(try server.me(second.accessToken).data["name"].text == "Ada")
        }
    }

    @Test func `a deviceType of any case is kept with the login and listed`() async throws {
        try await withServer { server in
            for type in ["web", "IOS", "Android"] {
                let page = try server.signedIn("16505550142", #""deviceType":"\#(type)""#)
                let list = try server.call(
                    "GET", "/api/user/me/devices", bearer: page.accessToken)
                let current = list.data["devices"].list.first { $0["current"] == .bool(true) }
                #expect(current?["deviceType"].text == type.lowercased())
            }
        }
    }

    @Test func `a notificationDeviceId has at most 256 characters, and is kept and listed`()
        async throws
    {
        try await withServer { server in
            let longest = String(repeating: "ä", count: 256)
            let page = try server.signedIn(
                "16505550142", #""notificationDeviceId":"\#(longest)""#)
            let list = try server.call("GET", "/api/user/me/devices", bearer: page.accessToken)
            let ids = list.data["devices"].list.map { $0["notificationDeviceId"].text }
            #expect(ids == [longest])
            // The second looks like one character.
            for tooLong in [longest + "x", "a" + String(repeating: "\u{301}", count: 256)] {
                let reply = try initiate(
                    server, #""phoneNumber":"+16505550143","notificationDeviceId":"\#(tooLong)""#)
                #expect(reply.isError(400, "INVALID_PARAMETERS"))
                #expect(reply.faultyFields == ["notificationDeviceId"])
            }
        }
    }

    @Test func `locale picks the language of the message, else Accept-Language does`() async throws
    {
        try await withServer { server in
            let cases = [
                (#","locale":"es-MX""#, "de", "Confirmar"), ("", "es;q=0.5, de", "Bestätigen"),
                (#","locale":"tlh""#, "de", "Confirm"), ("", "", "Confirm"),
            ]
            for (index, (members, accepted, title)) in cases.enumerated() {
                let body = #"{"phoneNumber":"+1650555014\#(index)"\#(members)}"#
                let reply = try server.call(
                    "POST", "/api/auth/initiate", body, headers: [("Accept-Language", accepted)])
                #expect(reply.status == 200, "\(reply)")
                let titles = try buttonTitles(server, "1650555014\(index)")
                #expect(titles.first == title, "\(body) \(accepted)")
            }
        }
    }

    private func buttonTitles(_ server: LiveServer, _ digits: String) throws -> [String?] {
        let state = try exchange(HTTPRequest("GET", "/simulator/state"), port: server.whatsApp.port)
        let chat = state.json["chats"].list.first { $0["phone"].text == digits }
        return chat?["messages"].list.last?["buttons"].list.map { $0["title"].text } ?? []
    }

    private func initiate(_ server: LiveServer, _ members: String) throws -> HTTPReply {
        try server.call("POST", "/api/auth/initiate", "{\(members)}")
    }
}
