import Glibc
import TestSupport
import Testing

/// Logins whose page, phone and app meet three different nodes.
@Suite(.blocking, .postgres, .timeLimit(.minutes(5)))
struct NodeLoginTests {
    private static let digits = "16505550142"
    private static let hello = #"{"event":"hello","codeVerifier":"\#(SampleProof.verifier)"}"#
    private static let challenge = #""codeChallenge":"\#(SampleProof.challenge)""#

    enum Way: String, CaseIterable, CustomTestStringConvertible {
        case prompt, link, match

        var testDescription: String { rawValue }

        var settings: [String: String] { self == .match ? ["OTPLESS_CONFIRMATION": "match"] : [:] }

        var members: String {
            self == .link
                ? #""method":"link""# : #""phoneNumber":"+\#(NodeLoginTests.digits)""#
        }

        func answer(_ login: StartedLogin, _ phone: Phone) throws {
            switch self {
            case .prompt: try phone.tapConfirm()
            case .link: try phone.type(login.code)
            case .match: try phone.type(login.number)
            }
        }
    }

    @Test(arguments: Way.allCases)
    func
        `a login whose page waits at one node, whose webhook comes to another and whose app calls a third`(
            _ way: Way
        ) async throws
    {
        try await withNodes(way.settings) { nodes in
            let login = try nodes.c.begin(way.members + "," + Self.challenge)
            let page = try nodes.a.page(login.session)
            try page.send(Self.hello)
            #expect(try page.nextEvent()["event"].text == "pending")
            try way.answer(login, nodes.phone(Self.digits))
            let session = try Session(try page.nextEvent("auth_success")["data"])
            #expect(try nodes.c.me(session.accessToken).status == 200)
            try page.send(#"{"event":"ack"}"#)
            #expect(try page.next() == .close(1000))
            let fresh = try nodes.b.refresh(session.refreshToken)
            #expect(fresh.status == 200)
            // The one successor, whoever is asked.
            let again = try nodes.c.refresh(session.refreshToken)
            #expect(again.data["refreshToken"] == fresh.data["refreshToken"])
            #expect(try nodes.a.me(try #require(again.data["accessToken"].text)).status == 200)
            #expect(try nodes.raw().run("SELECT count(*) FROM families") == "1")
        }
    }

    @Test func `a deny, a cancel and a delivery reach the page at another node`() async throws {
        try await withNodes(["OTPLESS_DELIVERY_EVENTS": "on"]) { nodes in
            let denied = try nodes.a.page(try nodes.c.initiate("+16505550142"))
            _ = try denied.nextEvent("pending")
            try nodes.phone("16505550142").tapDeny()
            #expect(try denied.nextEvent("auth_denied")["error"]["code"].text == "LOGIN_DENIED")
            #expect(try denied.next() == .close(1000))

            let session = try nodes.c.initiate("+16505550143")
            let cancelled = try nodes.a.page(session)
            _ = try cancelled.nextEvent("pending")
            let reply = try nodes.c.call(
                "POST", "/api/auth/cancel", #"{"sessionId":"\#(session)"}"#)
            #expect(reply.status == 200)
            let event = try cancelled.nextEvent("auth_cancelled")
            #expect(event["error"]["code"].text == "SESSION_CANCELLED")

            let waiting = try nodes.a.page(try nodes.c.initiate("+16505550144"))
            _ = try waiting.nextEvent("pending")
            let message = try nodes.phone("16505550144").prompt().id
            let report = Webhook.status("read", of: message, to: "16505550144")
            #expect(try nodes.b.deliver(report).status == 200)
            var delivery: String?
            while delivery != "read" { delivery = try waiting.nextEvent()["data"]["delivery"].text }
        }
    }

    @Test func `a deny after the confirmation takes the tokens back at every node`() async throws {
        try await withNodes { nodes in
            let page = try nodes.a.page(try nodes.c.initiate("+" + Self.digits))
            _ = try page.nextEvent("pending")
            try nodes.b.press(\.confirm, on: nodes.phone(Self.digits))
            let session = try Session(try page.nextEvent("auth_success")["data"])
            #expect(try nodes.c.me(session.accessToken).status == 200)
            try nodes.b.press(\.deny, on: nodes.phone(Self.digits))
            #expect(try page.nextEvent()["error"]["code"].text == "LOGIN_DENIED")
            for node in nodes.all { _ = try waitFor("the end") { try node.isRefused(session) } }
        }
    }

    @Test func `a page that moves to another node is closed at the first, and gets its tokens`()
        async throws
    {
        try await withNodes { nodes in
            let session = try nodes.c.initiate("+" + Self.digits)
            var pages = [try nodes.a.page(session)]
            _ = try pages[0].nextEvent("pending")
            for node in [nodes.b, nodes.c, nodes.a] {
                let page = try node.page(session)
                _ = try page.nextEvent("pending")
                #expect(try pages[0].nextClose() == 4409)
                pages = [page]
            }
            try nodes.phone(Self.digits).tapConfirm()
            let first = try Session(try pages[0].nextEvent("auth_success")["data"])
            // Without an ack whoever comes next gets another pair, and that is the one that counts.
            let page = try nodes.b.page(session)
            let second = try Session(try page.nextEvent("auth_success")["data"])
            #expect(try pages[0].nextClose() == 4409)
            for node in nodes.all {
                _ = try waitFor("the first pair's end") { try node.isRefused(first) }
                #expect(try node.me(second.accessToken).status == 200)
            }
        }
    }

    @Test func `with all hints lost a page at another node has its outcome within a second`()
        async throws
    {
        try await withNodes { nodes in
            try nodes.loseHints()
            var times: [Duration] = []
            for round in 0..<5 {
                let digits = "1650555014\(round)"
                let page = try nodes.a.page(try nodes.c.initiate("+" + digits))
                _ = try page.nextEvent("pending")
                let begin = ContinuousClock.now
                try nodes.b.press(round == 0 ? \.deny : \.confirm, on: nodes.phone(digits))
                _ = try page.nextEvent(round == 0 ? "auth_denied" : "auth_success")
                times.append(ContinuousClock.now - begin)
            }
            // A busy machine may hold up one or the other.
            #expect(times.sorted()[2] < .seconds(1), "\(times)")
        }
    }

    @Test func `a node that has just lost the others hears of nothing twice and of all at last`()
        async throws
    {
        try await withNodes { nodes in
            for round in 0..<5 {
                let digits = "1650555014\(round)"
                let page = try nodes.a.page(try nodes.c.initiate("+" + digits))
                _ = try page.nextEvent("pending")
                try nodes.cutListeners()
                try nodes.b.press(\.confirm, on: nodes.phone(digits))
                let session = try Session(try page.nextEvent("auth_success")["data"])
                try page.send(#"{"event":"ack"}"#)
                #expect(try page.next() == .close(1000))
                #expect(try nodes.c.me(session.accessToken).status == 200)
            }
            #expect(try nodes.raw().run("SELECT count(*) FROM families") == "5")
        }
    }
}
