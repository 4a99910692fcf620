import OTPless
import Testing
import Webhook
import Wire

struct WebhookChallengeTests {
    private func challenge(_ query: String) async throws -> String? {
        let test = try await TestApp()
        do throws(Failure) {
            return try test.endpoint.challenge(of: Request(target: "/api/webhook?\(query)"))
        } catch {
            #expect(error.code == .verificationFailed)
            return nil
        }
    }

    @Test(arguments: [
        ("hub.mode=subscribe&hub.verify_token=verify+me&hub.challenge=1158201444", "1158201444"),
        ("hub.challenge=a%26b&hub.verify_token=verify%20me&hub.mode=subscribe", "a&b"),
        ("hub.mode=subscribe&hub.verify_token=verify+me&hub.challenge=", ""),
    ])
    func `a subscription with the right token gets its challenge back`(
        query: String, challenge: String
    ) async throws {
        #expect(try await self.challenge(query) == challenge)
    }

    @Test(arguments: [
        "", "hub.challenge=1", "hub.mode=subscribe&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=verify+m&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=verify+me+&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=Verify+me&hub.challenge=1",
        "hub.mode=unsubscribe&hub.verify_token=verify+me&hub.challenge=1",
        "hub.verify_token=verify+me&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=verify+me",
        "hub.mode=subscribe&hub.verify_token=wrong&hub.verify_token=verify+me&hub.challenge=1",
        "hub.mode=subscribe&hub.verify_token=verify%2&hub.challenge=1",
        "HUB.MODE=subscribe&hub.verify_token=verify+me&hub.challenge=1",
    ])
    func `anything else is not verified`(query: String) async throws {
        #expect(try await challenge(query) == nil)
    }
}
