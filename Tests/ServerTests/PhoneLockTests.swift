import TestSupport
import Testing

/// 100 wrong numbers in a row lock prompts to a phone; nothing that a stranger does counts.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct PhoneLockTests {
    private static let phone = "16505550142"

    @Test func `100 wrong numbers of the phone itself lock it, and an operator unlocks it`()
        async throws
    {
        let provider = try StandInProvider()
        let more = provider.asBase.merging(["OTPLESS_CONFIRMATION": "match"]) { $1 }
        try await withServer(more) { server in
            for _ in 0..<100 {
                let start = try server.prompt(Self.phone)
                #expect(start.status == 200 && start.json["data"]["matchNumber"].text != nil)
                #expect(try server.deliver(Typed.text("07", by: Self.phone)).status == 200)
            }
            let locked = try server.prompt(Self.phone)
            #expect(locked.isError(403, "PHONE_LOCKED") && locked["Retry-After"] == nil)
            #expect(provider.count == 100)
            try server.killAndRestart()
            #expect(try server.prompt(Self.phone).isError(403, "PHONE_LOCKED"))
            #expect(try server.prompt("16505550143").status == 200)
            #expect(try server.login(by: "link", for: Self.phone).status == 200)
            let run = try server.command("unblock", "+1 650 555-0142")
            #expect(run.end == .exited(0) && run.errors.isEmpty)
            #expect(run.output == "+1650*****42: lifted: lock, wrong numbers\n")
            #expect(try server.prompt(Self.phone).status == 200)
        }
    }

    @Test func `nothing that strangers send counts towards the lock`() async throws {
        let provider = try StandInProvider()
        let more = provider.asBase.merging(["OTPLESS_CONFIRMATION": "match"]) { $1 }
        try await withServer(more) { server in
            // Nothing is pending.
            for _ in 0..<101 {
                #expect(try server.deliver(Typed.text("07", by: Self.phone)).status == 200)
            }
            for _ in 0..<101 {
                _ = try server.prompt(Self.phone)
                let bodies = [
                    Typed.text("07", by: "16505550143"), Typed.text("07", by: "6505550142"),
                    Typed.text("07", by: Self.phone, context: #""forwarded":true"#),
                    Typed.text("07", by: Self.phone, context: #""id":"wamid.foreign""#),
                    Typed.text("7", by: Self.phone), Typed.text("107", by: Self.phone),
                ]
                for body in bodies { #expect(try server.deliver(body).status == 200) }
                let forged = Typed.text("07", by: Self.phone)
                let refused = try server.deliver(forged, signature: "sha256=00")
                #expect(refused.status == 401)
            }
            // 90 numbers at once are all there are.
            let full = try server.prompt(Self.phone)
            #expect(full.isLimited(within: 1...300))
            let query = "SELECT coalesce(max(failed_matches), 0) FROM contacts"
            #expect(try DatabaseFile(server.database).text(query) == "0")
            #expect(
                try server.command("unblock", "+16505550142").output.contains("nothing to lift"))
        }
    }
}
