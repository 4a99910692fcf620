import OTPless
import TestSupport
import Testing

/// What operators do to accounts while the server runs, and how soon it knows.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct UserCommandTests {
    private static let phone = "16505550142"
    private static let other = "16505550199"

    @Test func `a deleted user's tokens are refused within a second, and the page is closed`()
        async throws
    {
        try await withServer { server in
            let page = try server.page(try server.confirmed(Self.phone))
            let session = try Session(try page.nextEvent("auth_success")["data"])
            let stranger = try server.signedIn(Self.other)
            // Both are in the cache.
            for one in [session, stranger] { #expect(try server.me(one.accessToken).status == 200) }
            let run = try server.operate("user", "delete", "+" + Self.phone)
            let start = ContinuousClock.now
            #expect(run.output == "\(session.userID): deleted; devices signed out: 1\n")
            _ = try waitFor("the deletion to be seen") {
                try server.me(session.accessToken).isError(404, "USER_NOT_FOUND") ? true : nil
            }
            #expect(ContinuousClock.now - start < .seconds(1))
            let validate = try server.call(
                "GET", "/api/auth/validate", bearer: session.accessToken)
            #expect(validate.isError(401, "INVALID_TOKEN"))
            #expect(try server.refresh(session.refreshToken).isError(401, "INVALID_REFRESH_TOKEN"))
            #expect(try page.nextEvent()["event"].text == "auth_expired")
            #expect(try page.next() == .close(1000))
            #expect(try server.me(stranger.accessToken).status == 200)
            let again = try server.command("user", "delete", "+" + Self.phone)
            #expect(again.end == .exited(1) && again.output.isEmpty)
            #expect(again.errors == "otpless-server user: there is nobody with that number or id\n")
            let deleted = try server.audit().of("account.deleted")
            #expect(deleted.count == 1 && deleted[0]["detail"].text == "by the operator")
        }
    }

    @Test func `a login that another process ends is refused within a second`() async throws {
        try await withServer { server in
            let session = try server.signedIn(Self.phone)
            let other = try server.signedIn(Self.phone)
            #expect(try server.me(session.accessToken).status == 200)
            let device = try server.call(
                "GET", "/api/user/me/devices", bearer: session.accessToken
            ).data["devices"].list.first { $0["current"] == .bool(true) }
            let id = try #require(device?["id"].text).replacing("-", with: "")
            let now = SystemClock().now.milliseconds
            try DatabaseFile(server.database).run(
                "UPDATE families SET ended_at = \(now) WHERE id = x'\(id)'")
            let start = ContinuousClock.now
            _ = try waitFor("the end to be seen") {
                try server.me(session.accessToken).isError(401, "INVALID_TOKEN") ? true : nil
            }
            #expect(ContinuousClock.now - start < .seconds(1))
            #expect(try server.me(other.accessToken).status == 200)
        }
    }

    @Test func `a moved account has its new number at once, and the old one's page is told`()
        async throws
    {
        try await withServer { server in
            let session = try server.signedIn(Self.phone)
            #expect(try server.me(session.accessToken).status == 200)
            let page = try server.page(try server.initiate("+" + Self.phone))
            _ = try page.nextEvent("pending")
            let run = try server.operate("user", "move", "+" + Self.phone, "+" + Self.other)
            #expect(
                run.output == "\(session.userID): moved from +1650*****42 to +1650*****99, "
                    + "pending logins given up: 1\n")
            #expect(try page.nextEvent("auth_cancelled")["statusCode"].number == 410)
            let shown = try waitFor("the new number") {
                let number = try server.me(session.accessToken).data["phoneNumber"].text
                return number == "+" + Self.other ? number : nil
            }
            #expect(shown == "+" + Self.other)
            #expect(try server.refresh(session.refreshToken).status == 200)
            #expect(try server.signedIn(Self.other).userID == session.userID)
            #expect(try server.signedIn(Self.phone).userID != session.userID)
            let taken = try server.command("user", "move", session.userID, "+" + Self.phone)
            #expect(
                taken.end == .exited(1) && taken.errors.contains("the new number has an account"))
        }
    }

    @Test func `a number that changed hands is named by id`() async throws {
        try await withServer { server in
            let former = try server.signedIn(Self.phone)
            try server.take(
                Webhook.notice(
                    "user_changed_number", from: Self.phone, more: #","wa_id":"\#(Self.other)""#))
            let holder = try server.signedIn(Self.phone)
            #expect(holder.userID != former.userID)
            for arguments in [
                ["delete", "+" + Self.phone], ["move", "+" + Self.phone, "+" + Self.other],
            ] {
                let run = try CommandRun(["user"] + arguments, server.environment)
                #expect(run.end == .exited(1) && run.output.isEmpty)
                for id in [former.userID, holder.userID] { #expect(run.errors.contains(id)) }
            }
            let both = try JSON(
                Array(try server.operate("user", "export", "+" + Self.phone).output.utf8))
            #expect(
                both["accounts"].list.map { $0["hasNumber"] } == [.bool(true), .bool(false)])
            _ = try server.operate("user", "move", former.userID, "+" + Self.other)
            #expect(try server.signedIn(Self.other).userID == former.userID)
        }
    }

    @Test func `an export is one JSON document, is recorded, and knows nobody else`() async throws {
        try await withServer { server in
            let session = try server.signedIn(
                Self.phone, #""name":"Ada","deviceType":"web","notificationDeviceId":"push-1""#)
            _ = try server.signedIn(Self.other)
            let run = try server.operate("user", "export", "+1 (650) 555-0142")
            #expect(run.lines.count == 1)
            let document = try JSON(Array(run.output.utf8))
            #expect(document["accounts"].list.count == 1)
            let account = document["accounts"].list[0]
            #expect(account["id"].text == session.userID && account["name"].text == "Ada")
            let device = account["devices"].list[0]
            #expect(
                device["notificationDeviceId"].text == "push-1" && device["ip"].text == "127.0.0.1")
            #expect(account["audit"].list.count == 3)
            #expect(!run.output.contains(Self.other))
            let exported = try server.audit().of("account.exported")
            #expect(exported.map { $0["userId"].text } == [session.userID])
            let nobody = try server.command("user", "export", "+16505550111")
            #expect(nobody.end == .exited(1) && nobody.output.isEmpty)
            #expect(try server.audit().of("account.exported").count == 1)
        }
    }

    @Test func `both spellings of a number are one person`() async throws {
        try await withServer { server in
            let session = try server.signedIn("5215512345678")
            let export = try server.operate("user", "export", "+525512345678")
            #expect(export.output.contains(session.userID))
            let moved = try server.operate("user", "move", "+525512345678", "+" + Self.other)
            #expect(moved.output.contains(session.userID))
            let back = try server.operate("user", "move", "+" + Self.other, "+525512345678")
            #expect(back.output.contains(session.userID))
            #expect(try server.signedIn("5215512345678").userID == session.userID)
            #expect(
                try server.operate("user", "delete", "+5215512345678").output.contains(
                    session.userID))
        }
    }

    @Test func `commands find their moment while the server is busy`() async throws {
        try await withServer { server in
            let sessions = try (0..<4).map { try server.signedIn("1650555020\($0)") }
            let (port, tokens) = (server.port, sessions.map(\.accessToken))
            let writers = try tokens.map { token in
                var request = HTTPRequest("PUT", "/api/user/me", #"{"name":"Ada"}"#)
                request.headers.append(("Authorization", "Bearer \(token)"))
                let bytes = request
                return try Background {
                    try (0..<100).map { _ in try exchange(bytes, port: port).status }
                }
            }
            for session in sessions {
                #expect(try server.operate("user", "export", session.userID).lines.count == 1)
            }
            for writer in writers { #expect(Set(try writer.value()) == [200]) }
        }
    }
}
