import TestSupport
import Testing

/// CONTRACT section 2, /api/user/me and /api/user/me/devices.
@Suite(.blocking, .serialized, .timeLimit(.minutes(5)))
struct AccountContractTests {
    @Test func `GET me is 200 with id, phoneNumber, name and createdAt, the name null at first`()
        async throws
    {
        try await withServer { server in
            let session = try server.signedIn("16505550142")
            let reply = try server.me(session.accessToken)
            #expect(reply.isSuccess("User retrieved successfully"))
            let expected: [String: JSON] = [
                "id": .text(session.userID), "phoneNumber": .text("+16505550142"), "name": .null,
                "createdAt": reply.data["createdAt"],
            ]
            #expect(reply.data == .object(expected))
            #expect(reply.text.contains(#""name":null"#))
        }
    }

    @Test func `PUT me is 200 with success and the trimmed name`() async throws {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            for name in ["Ada", String(repeating: "😀", count: 100)] {
                let reply = try rename(server, "  \(name)\\t ", token)
                #expect(reply.isSuccess("User updated successfully"))
                #expect(reply.data == .object(["success": .bool(true), "name": .text(name)]))
                #expect(try server.me(token).data["name"].text == name)
            }
        }
    }

    @Test func `a name that is too long or has control characters has details of its own`()
        async throws
    {
        try await withServer { server in
            let token = try server.signedIn("16505550142").accessToken
            let long = String(repeating: "a", count: 101)
            for name in [long, "a\\u0000b", "a\\nb", "a\\u007fb", "a\\u0085b"] {
                let reply = try rename(server, name, token)
                let isRight = reply.says(
                    400, "INVALID_NAME", "Invalid name provided",
                    "Name must be 1 to 100 characters without control characters")
                #expect(isRight, "\(name): \(reply)")
            }
            let initiate = try server.call(
                "POST", "/api/auth/initiate", #"{"phoneNumber":"+16505550143","name":"\#(long)"}"#)
            #expect(initiate.isError(400, "INVALID_NAME"))
            #expect(try server.me(token).data["name"] == .null)
        }
    }

    @Test func `DELETE me is 200, ends all logins, and the number makes a new account`()
        async throws
    {
        try await withServer { server in
            let one = try server.signedIn("16505550142", #""name":"Ada""#)
            let two = try server.signedIn("16505550142")
            let reply = try server.call("DELETE", "/api/user/me", bearer: one.accessToken)
            #expect(reply.isSuccess("User deleted successfully"))
            #expect(reply.data == .object(["success": .bool(true)]))
            for session in [one, two] {
                #expect(try server.me(session.accessToken).isError(404, "USER_NOT_FOUND"))
                let refused = try server.refresh(session.refreshToken)
                #expect(refused.isError(401, "INVALID_REFRESH_TOKEN"))
            }
            let again = try server.signedIn("16505550142")
            #expect(again.userID != one.userID)
            #expect(try server.me(again.accessToken).data["name"] == .null)
        }
    }

    @Test func `the list of devices has each live login of the user, by the sid of its tokens`()
        async throws
    {
        try await withServer { server in
            let gone = try server.signedIn("16505550142")
            #expect(try server.logout(gone).status == 200)
            let phone = try server.signedIn("16505550142", #""deviceType":"ios""#)
            let page = try server.signedIn("16505550142")
            _ = try server.signedIn("16505550143")
            let reply = try devices(server, page)
            #expect(reply.isSuccess("Devices retrieved successfully"))
            #expect(reply.data.names == ["devices"])
            let list = reply.data["devices"].list
            #expect(try Set(list.map { $0["id"].text }) == [sid(phone), sid(page)])
            let names: Set = [
                "id", "deviceType", "notificationDeviceId", "userAgent", "ip", "createdAt",
                "lastUsedAt", "name", "current",
            ]
            for device in list {
                #expect(device.names == names)
                #expect(device["ip"].text == "127.0.0.1")
                #expect(device["createdAt"].number != nil && device["lastUsedAt"].number != nil)
                let isMine = try device["id"].text == sid(page)
                #expect(device["current"] == .bool(isMine))
                #expect(device["deviceType"] == (isMine ? .null : .text("ios")))
            }
        }
    }

    @Test func `a device is listed with the User-Agent that started its login`() async throws {
        let accents = String(repeating: "\u{301}", count: 3000)
        try await withServer { server in
            for (phone, sent, kept) in [
                ("16505550142", "Contract/1.0 (X11; Linux)", "Contract/1.0 (X11; Linux)"),
                ("16505550143", "a" + accents, "a" + String(accents.unicodeScalars.prefix(255))),
            ] {
                let started = try server.call(
                    "POST", "/api/auth/initiate", #"{"phoneNumber":"+\#(phone)"}"#,
                    headers: [("User-Agent", sent)])
                let session = try #require(started.data["sessionId"].text)
                try server.press(\.confirm, on: server.whatsApp.phone(phone))
                let signedIn = try Session(try server.claim(session).data)
                let list = try devices(server, signedIn).data["devices"].list
                #expect(
                    list.map { $0["name"] } == [phone == "16505550142" ? .text("Linux") : .null])
                let scalars = list.map { $0["userAgent"].text.map { Array($0.unicodeScalars) } }
                #expect(scalars == [Array(kept.unicodeScalars)])
            }
        }
    }

    @Test func `DELETE of a device is 200 and ends that login alone`() async throws {
        try await withServer { server in
            let kept = try server.signedIn("16505550142")
            let lost = try server.signedIn("16505550142")
            let reply = try remove(server, try sid(lost), kept)
            #expect(reply.isSuccess("Device removed successfully"))
            #expect(try server.me(lost.accessToken).isError(401, "INVALID_TOKEN"))
            #expect(try server.refresh(lost.refreshToken).isError(401, "INVALID_REFRESH_TOKEN"))
            #expect(try devices(server, kept).data["devices"].list.count == 1)
            // Also the one that asks.
            #expect(try remove(server, try sid(kept), kept).status == 200)
            #expect(try server.me(kept.accessToken).isError(401, "INVALID_TOKEN"))
        }
    }

    @Test func `a device that is another user's, unknown or signed out is DEVICE_NOT_FOUND`()
        async throws
    {
        try await withServer { server in
            let mine = try server.signedIn("16505550142")
            let other = try server.signedIn("16505550143")
            let gone = try server.signedIn("16505550142")
            #expect(try server.logout(gone).status == 200)
            for id in [try sid(other), "x", "%00", try sid(gone)] {
                #expect(try remove(server, id, mine).isError(404, "DEVICE_NOT_FOUND"), "\(id)")
            }
            #expect(try server.me(other.accessToken).status == 200)
        }
    }

    private func rename(_ server: LiveServer, _ name: String, _ token: String) throws -> HTTPReply {
        try server.call("PUT", "/api/user/me", #"{"name":"\#(name)"}"#, bearer: token)
    }

    private func devices(_ server: LiveServer, _ session: Session) throws -> HTTPReply {
        try server.call("GET", "/api/user/me/devices", bearer: session.accessToken)
    }

    private func remove(
        _ server: LiveServer, _ id: String, _ session: Session
    ) throws -> HTTPReply {
        try server.call("DELETE", "/api/user/me/devices/\(id)", bearer: session.accessToken)
    }
}
