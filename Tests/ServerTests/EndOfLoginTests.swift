import TestSupport
import Testing

/// When a login ends, its tokens and its sockets end with it, at once and for good.
@Suite(.blocking, .timeLimit(.minutes(5)))
struct EndOfLoginTests {
    private static let phone = "16505550142"

    enum End: String, CaseIterable, CustomTestStringConvertible {
        case logout, logoutOfAll, removal, reuse

        var testDescription: String { rawValue }

        /// Ends a login, from another device where one can.
        func happen(to session: Session, on server: LiveServer, _ path: String) throws {
            switch self {
            case .logout: try Self.expect(server.logout(session))
            case .logoutOfAll:
                try Self.expect(
                    server.call(
                        "POST", "/api/auth/logout", #"{"userId":"\#(session.userID)"}"#,
                        bearer: server.signedIn(EndOfLoginTests.phone).accessToken))
            case .removal:
                let other = try server.signedIn(EndOfLoginTests.phone)
                let list = try server.call(
                    "GET", "/api/user/me/devices", bearer: session.accessToken)
                let mine = list.data["devices"].list.first { $0["current"] == .bool(true) }
                let id = mine?["id"].text ?? ""
                try Self.expect(
                    server.call(
                        "DELETE", "/api/user/me/devices/\(id)", bearer: other.accessToken))
            case .reuse:
                try Self.expect(server.refresh(session.refreshToken))
                let database = try DatabaseFile(path)
                try database.run("UPDATE families SET rotations = '0'")
                #expect(try server.refresh(session.refreshToken).status == 401)
            }
        }

        private static func expect(_ reply: HTTPReply) {
            #expect(reply.status == 200, "\(reply)")
        }
    }

    @Test(arguments: End.allCases)
    func `the access token is refused at once, also after a crash`(_ end: End) async throws {
        try await withServerAndStore { server, path in
            let session = try server.signedIn(Self.phone)
            #expect(try server.me(session.accessToken).status == 200)
            try end.happen(to: session, on: server, path)
            for _ in 0..<2 {
                #expect(try server.refuses(session))
                try server.killAndRestart()
            }
        }
    }

    @Test(arguments: End.allCases)
    func `a page that still holds the tokens on its socket is told and closed`(
        _ end: End
    ) async throws {
        try await withServerAndStore { server, path in
            let page = try server.page(try server.confirmed(Self.phone))
            let session = try Session(try page.nextEvent("auth_success")["data"])
            try end.happen(to: session, on: server, path)
            #expect(try page.nextEvent()["event"].text == "auth_expired")
            #expect(try page.next() == .close(1000))
        }
    }

    @Test func `a page that holds the tokens of a deleted account is told and closed`()
        async throws
    {
        try await withServer { server in
            let page = try server.page(try server.confirmed(Self.phone))
            let session = try Session(try page.nextEvent("auth_success")["data"])
            let deleted = try server.call("DELETE", "/api/user/me", bearer: session.accessToken)
            #expect(deleted.status == 200)
            #expect(try page.nextEvent()["event"].text == "auth_expired")
            #expect(try page.next() == .close(1000))
            #expect(try server.me(session.accessToken).isError(404, "USER_NOT_FOUND"))
        }
    }

    @Test func `a refresh in one tab does not disturb the socket of another`() async throws {
        try await withServer { server in
            let page = try server.page(try server.confirmed(Self.phone))
            let session = try Session(try page.nextEvent("auth_success")["data"])
            #expect(try server.refresh(session.refreshToken).status == 200)
            try page.send(#"{"event":"ack"}"#)
            #expect(try page.next() == .close(1000))
        }
    }
}
