import OTPless
import TestSupport
import Testing

struct LoginRulesTests {
    private static let now = Sample.start + .seconds(10)

    @Test func `the phone's confirmation confirms, once`() throws {
        var sample = try SampleLogin()
        let answer = try sample.answer()
        #expect(apply(answer, to: &sample.login, at: Self.now))
        #expect(sample.login.state == .confirmed)
        #expect(sample.login.endedAt == Self.now)
        #expect(!apply(answer, to: &sample.login, at: Self.now + .seconds(1)))
        #expect(sample.login.endedAt == Self.now)
    }

    @Test(arguments: [
        "16505550143", "6505550142", "5550142", "0016505550142", "+16505550142", "116505550142",
        "", "16505550142 ",
    ])
    func `another sender confirms and denies nothing, even with the same last digits`(
        _ sender: String
    ) throws {
        var sample = try SampleLogin()
        for verb in [AnswerPayload.Verb.confirm, .deny] {
            let answer = try sample.answer(verb, from: sender)
            #expect(!apply(answer, to: &sample.login, at: Self.now))
        }
        #expect(sample.login.state == .pending)
    }

    @Test func `the provider's id of the recipient counts as the phone`() throws {
        var sample = try SampleLogin(phone: "4915112345678")
        let answer = try sample.answer(from: "4930123456")
        #expect(!apply(answer, to: &sample.login, at: Self.now))
        sample.login.waID = "4930123456"
        #expect(sample.login.isFor(sender: "4915112345678"))
        #expect(!sample.login.isFor(sender: "15112345678"))
        #expect(apply(answer, to: &sample.login, at: Self.now))
    }

    @Test func `a wrong secret confirms nothing`() throws {
        var sample = try SampleLogin()
        let session = try sample.answer(secret: sample.sessionSecret)
        let zeros = try sample.answer(secret: [UInt8](repeating: 0, count: 16))
        #expect(!apply(session, to: &sample.login, at: Self.now))
        #expect(!apply(zeros, to: &sample.login, at: Self.now))
        #expect(sample.login.state == .pending)
    }

    @Test func `an answer after the expiry changes nothing`() throws {
        for verb in [AnswerPayload.Verb.confirm, .deny] {
            var sample = try SampleLogin()
            let answer = try sample.answer(verb)
            #expect(!apply(answer, to: &sample.login, at: sample.login.expiresAt))
            #expect(apply(answer, to: &sample.login, at: sample.login.expiresAt - .milliseconds(1)))
        }
    }

    @Test func `a confirmation after a denial never counts`() throws {
        var sample = try SampleLogin()
        let deny = try sample.answer(.deny)
        let confirm = try sample.answer(.confirm)
        #expect(apply(deny, to: &sample.login, at: Self.now))
        #expect(!apply(confirm, to: &sample.login, at: Self.now))
        #expect(sample.login.state == .denied)
    }

    @Test func `a denial within 10 minutes after the confirmation ends the login`() throws {
        var sample = try SampleLogin()
        let confirm = try sample.answer(.confirm)
        let deny = try sample.answer(.deny)
        #expect(apply(confirm, to: &sample.login, at: Self.now))
        #expect(apply(deny, to: &sample.login, at: Self.now + .seconds(599)))
        #expect(
            sample.login.standing(at: Self.now + .seconds(599)) == .ended(.loginDenied))
    }

    @Test func `nothing is confirmed once the page gave up or the message failed`() throws {
        for state in [Login.State.cancelled, .failed] {
            var sample = try SampleLogin()
            let answer = try sample.answer()
            #expect(end(&sample.login, as: state, at: Self.now))
            #expect(!apply(answer, to: &sample.login, at: Self.now))
            #expect(!end(&sample.login, as: .denied, at: Self.now))
            #expect(sample.login.state == state)
        }
    }

    @Test func `a confirmed login cannot be cancelled`() throws {
        var sample = try SampleLogin()
        let answer = try sample.answer()
        #expect(apply(answer, to: &sample.login, at: Self.now))
        #expect(!end(&sample.login, as: .cancelled, at: Self.now))
        #expect(sample.login.state == .confirmed)
    }

    @Test func `delivery never goes back`() throws {
        var login = try SampleLogin().login
        #expect(Self.report(.reached(.delivered), &login))
        for stage in [Login.Delivery.queued, .sent, .delivered] {
            #expect(!Self.report(.reached(stage), &login))
        }
        #expect(login.delivery == .delivered)
        #expect(Self.report(.reached(.read), &login))
        #expect(login.delivery == .read)
    }

    @Test func `a message that was delivered did not fail`() throws {
        for (stage, isEnded) in [
            (Login.Delivery.queued, true), (.sent, true), (.delivered, false), (.read, false),
        ] {
            var login = try SampleLogin().login
            _ = Self.report(.reached(stage), &login)
            #expect(Self.report(.failed(.refused), &login) == isEnded)
            #expect(login.state == (isEnded ? .failed : .pending))
        }
    }

    @Test func `reports after the end change nothing`() throws {
        var login = try SampleLogin().login
        #expect(end(&login, as: .cancelled, at: Self.now))
        #expect(!Self.report(.reached(.read), &login))
        #expect(!Self.report(.failed(.refused), &login))
        #expect(login.state == .cancelled)
        #expect(login.delivery == .queued)
    }

    private static func report(_ progress: DeliveryReport.Progress, _ login: inout Login) -> Bool {
        let report = DeliveryReport(messageID: "wamid.1", reference: nil, progress: progress)
        return login.apply(report, on: .buttons, at: now) != .none
    }
}
