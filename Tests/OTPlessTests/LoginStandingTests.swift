import OTPless
import Testing

struct LoginStandingTests {
    private static let start = Sample.start
    private static let instant = Duration.milliseconds(1)

    @Test(arguments: [
        (Duration.zero, Login.Standing.pending), (.seconds(300) - instant, .pending),
        (.seconds(300), .ended(.sessionExpired)),
        (.seconds(900) - instant, .ended(.sessionExpired)),
        (.seconds(900), .forgotten), (.seconds(86_400), .forgotten),
    ])
    func `an unanswered login is pending, then expired, then forgotten`(
        _ age: Duration, _ expected: Login.Standing
    ) throws {
        let login = try SampleLogin().login
        #expect(login.standing(at: Self.start + age) == expected)
    }

    @Test(arguments: [
        (Duration.zero, Login.Standing.confirmed), (.seconds(120) - instant, .confirmed),
        (.seconds(120), .over), (.seconds(600) - instant, .over), (.seconds(600), .forgotten),
    ])
    func `a confirmed login hands out tokens for 120 seconds and answers for 10 minutes`(
        _ age: Duration, _ expected: Login.Standing
    ) throws {
        // Confirmed at the last moment: the 120 s run beyond the expiry.
        let confirmedAt = Self.start + .seconds(300) - Self.instant
        var sample = try SampleLogin()
        let answer = try sample.answer()
        #expect(apply(answer, to: &sample.login, at: confirmedAt))
        #expect(sample.login.standing(at: confirmedAt + age) == expected)
    }

    @Test func `an acknowledged login is over at once`() throws {
        var sample = try SampleLogin()
        let answer = try sample.answer()
        #expect(apply(answer, to: &sample.login, at: Self.start))
        sample.login.acknowledgedAt = Self.start
        #expect(sample.login.standing(at: Self.start) == .over)
        #expect(sample.login.standing(at: Self.start + .seconds(600) - Self.instant) == .over)
        #expect(sample.login.standing(at: Self.start + .seconds(600)) == .forgotten)
    }

    @Test(arguments: [
        (Login.State.denied, Failure.Code.loginDenied), (.failed, .messageUndeliverable),
        (.cancelled, .sessionCancelled),
    ])
    func `an ended login answers with its outcome for 10 minutes after its end`(
        _ state: Login.State, _ code: Failure.Code
    ) throws {
        var login = try SampleLogin().login
        let endedAt = Self.start + .seconds(10)
        #expect(end(&login, as: state, at: endedAt))
        #expect(login.standing(at: endedAt) == .ended(code))
        // Also past the expiry that it would have had.
        #expect(login.standing(at: endedAt + .seconds(600) - Self.instant) == .ended(code))
        #expect(login.standing(at: endedAt + .seconds(600)) == .forgotten)
    }
}
