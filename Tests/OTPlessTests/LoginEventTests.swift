import Loop
import OTPless
import Testing

struct LoginEventTests {
    @Test func `the hundred thousandth hint takes no more stack than the first`() throws {
        let events = LoginEvents()
        let heard = Locked(0)
        events.subscribe { _ in
            heard.withLock { $0 += 1 }
            return true
        }
        let event = LoginEvent(try SampleLogin().login.id)
        for _ in 0..<100_000 { events.hear(event) }
        #expect(heard.withLock { $0 } == 100_000)
    }
}
