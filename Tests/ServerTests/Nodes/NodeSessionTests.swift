import TestSupport
import Testing

/// What one node ends or changes, the others know within a second.
@Suite(.blocking, .postgres, .timeLimit(.minutes(5)))
struct NodeSessionTests {
    private static let digits = "16505550142"

    @Test(arguments: [false, true])
    func `a login that one node ends is refused by every other within a second`(
        _ losesHints: Bool
    ) async throws {
        try await withNodes { nodes in
            if losesHints { try nodes.loseHints() }
            var times: [Duration] = []
            for _ in 0..<5 {
                let session = try nodes.a.signedIn(Self.digits)
                for node in nodes.all { #expect(try node.me(session.accessToken).status == 200) }
                #expect(try nodes.a.logout(session).status == 200)
                let begin = ContinuousClock.now
                #expect(try nodes.a.isRefused(session) == true)
                for node in [nodes.b, nodes.c] {
                    _ = try waitFor("the refusal") { try node.isRefused(session) }
                }
                times.append(ContinuousClock.now - begin)
                for node in nodes.all { #expect(try node.refuses(session)) }
            }
            #expect(times.sorted()[2] < .seconds(1), "\(times)")
        }
    }

    @Test(arguments: [false, true])
    func `a name that one node changes is the name at every other within a second`(
        _ losesHints: Bool
    ) async throws {
        try await withNodes { nodes in
            if losesHints { try nodes.loseHints() }
            let session = try nodes.a.signedIn(Self.digits)
            var times: [Duration] = []
            for round in 0..<5 {
                for node in nodes.all { #expect(try node.me(session.accessToken).status == 200) }
                let name = "Ada \(round)"
                let renamed = try nodes.a.call(
                    "PUT", "/api/user/me", #"{"name":"\#(name)"}"#, bearer: session.accessToken)
                #expect(renamed.status == 200)
                let begin = ContinuousClock.now
                for node in nodes.all {
                    _ = try waitFor("the name") {
                        try node.me(session.accessToken).data["name"].text == name ? true : nil
                    }
                }
                times.append(ContinuousClock.now - begin)
            }
            #expect(times.sorted()[2] < .seconds(1), "\(times)")
        }
    }

    @Test(arguments: [false, true])
    func `an account that one node deletes is gone at every other within a second`(
        _ losesHints: Bool
    ) async throws {
        try await withNodes { nodes in
            if losesHints { try nodes.loseHints() }
            var times: [Duration] = []
            for _ in 0..<5 {
                let session = try nodes.a.signedIn(Self.digits)
                for node in nodes.all { #expect(try node.me(session.accessToken).status == 200) }
                let page = try nodes.b.page(try nodes.c.confirmed(Self.digits))
                _ = try page.nextEvent("auth_success")
                let deleted = try nodes.a.call(
                    "DELETE", "/api/user/me", bearer: session.accessToken)
                #expect(deleted.status == 200)
                let begin = ContinuousClock.now
                for node in nodes.all {
                    _ = try waitFor("the end of the account") {
                        let reply = try node.me(session.accessToken)
                        return reply.isError(404, "USER_NOT_FOUND") ? true : nil
                    }
                    let validate = try node.call(
                        "GET", "/api/auth/validate", bearer: session.accessToken)
                    #expect(validate.isError(401, "INVALID_TOKEN"))
                }
                times.append(ContinuousClock.now - begin)
                // Nobody looks for what is gone: without its hint the page has to wait for its end.
                if !losesHints { #expect(try page.nextEvent()["event"].text == "auth_expired") }
            }
            #expect(times.sorted()[2] < .seconds(1), "\(times)")
        }
    }
}

extension LiveServer {
    /// Whether an access token is refused; nil while it is not, to be waited for.
    func isRefused(_ session: Session) throws -> Bool? {
        try me(session.accessToken).isError(401, "INVALID_TOKEN") ? true : nil
    }
}

extension PageSocket {
    /// The code with which the server closes, whatever it says before.
    func nextClose() throws -> UInt16 {
        while true {
            if case .close(let code) = try next() { return code }
        }
    }
}
