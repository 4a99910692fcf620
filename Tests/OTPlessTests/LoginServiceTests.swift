import OTPless
import TestSupport
import Testing

struct LoginServiceTests {
    @Test(arguments: StoreKind.allCases)
    func `a login goes from start to tokens`(_ kind: StoreKind) async throws {
        try await Service.run(on: kind) { service in
            let (session, prompt) = try await service.start(name: "Ada")
            #expect(prompt.phone?.digits == "16505550142")
            #expect(prompt.appName == "Example")
            guard case .pending(let login) = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
            #expect(login.delivery == .queued)
            #expect(login.expiresAt == service.clock.now + .seconds(300))
            try await service.tap(prompt.confirm)
            #expect(service.hints.all == [login.id])
            guard case .confirmed(let grant, let isNew) = try await service.outcome(of: session)
            else { throw UnexpectedOutcome() }
            #expect(isNew)
            #expect(grant.user.name == "Ada")
            #expect(grant.expiresIn == 900)
            let caller = try service.app.tokens.caller(
                authorization: Service.bearer(grant.accessToken))
            #expect(caller.user == grant.user.id)
        }
    }

    @Test func `a message that was not sent ends the login, whatever the cause`() async throws {
        try await Service.run { service in
            var failures: Set<Failure> = []
            for cause in ["HTTP 400, code 131026", "curl: Timeout was reached", "HTTP 500"] {
                service.messenger.fail(with: cause)
                let failed = try await failure { _ = try await service.start() }
                failures.insert(try #require(failed))
                let prompt = try #require(service.messenger.prompts.last)
                try await service.tap(prompt.confirm)
                let login = try #require(try await service.app.logins.read(prompt.login))
                #expect(login.state == .failed)
            }
            #expect(failures == [Failure(.messageSendFailed)])
            #expect(service.hints.all.isEmpty)
            service.messenger.fail(with: nil)
            _ = try await service.signIn()
        }
    }

    @Test func `the secrets of page, confirm and deny button differ from login to login`()
        async throws
    {
        try await Service.run { service in
            var texts: Set<String> = []
            for _ in 0..<20 {
                let (session, prompt) = try await service.start()
                texts.formUnion([session, String(prompt.confirm.text.suffix(43))])
                #expect(prompt.confirm.login == prompt.deny.login)
            }
            #expect(texts.count == 40)
        }
    }

    @Test func `a wrong secret finds no session`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            var bytes = try #require(Base64URL.decode(session))
            bytes[31] ^= 1
            let buttons = String(prompt.confirm.text.suffix(43))
            for wrong in [
                Base64URL.encode(bytes), buttons, "", "x", session + "A",
                String(session.dropLast()),
                try SampleLogin().session,
            ] {
                let failed = try await failure { _ = try await service.app.logins.find(wrong) }
                #expect(failed == Failure(.sessionNotFound))
            }
            // Nor does the page's secret press a button.
            let payload = try #require(AnswerPayload("otpless.c." + session))
            try await service.tap(payload)
            guard case .pending = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
        }
    }

    @Test func `who asks again gets a fresh pair, and the first one is dead`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            try await service.tap(prompt.confirm)
            let first = try await service.collect(session)
            let second = try await service.collect(session)
            #expect(first.refreshToken != second.refreshToken)
            let tokens = service.app.tokens
            let bad = try await failure {
                _ = try tokens.caller(authorization: Service.bearer(first.accessToken))
            }
            #expect(bad?.code == .invalidToken)
            let refreshed = try await failure {
                _ = try await tokens.refresh(first.refreshToken, user: nil)
            }
            #expect(refreshed?.code == .invalidRefreshToken)
            _ = try tokens.caller(authorization: Service.bearer(second.accessToken))
            _ = try await tokens.refresh(second.refreshToken, user: nil)
        }
    }

    @Test func `after the acknowledgement or a refresh nobody collects again`() async throws {
        try await Service.run { service in
            for isRefresh in [false, true] {
                let (session, prompt) = try await service.start()
                try await service.tap(prompt.confirm)
                let grant = try await service.collect(session)
                if isRefresh {
                    _ = try await service.app.tokens.refresh(grant.refreshToken, user: nil)
                } else {
                    let login = try await service.app.logins.find(session)
                    try await service.app.logins.acknowledge(login)
                }
                guard case .over = try await service.outcome(of: session) else {
                    throw UnexpectedOutcome()
                }
                // Repeatable.
                let login = try await service.app.logins.find(session)
                try await service.app.logins.acknowledge(login)
            }
        }
    }

    @Test func `tokens are to be had for 120 seconds, even beyond the expiry`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            service.clock.advance(by: .seconds(299))
            try await service.tap(prompt.confirm)
            service.clock.advance(by: .milliseconds(119_999))
            _ = try await service.collect(session)
            service.clock.advance(by: .milliseconds(1))
            guard case .over = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
            let late = try await failure {
                try await service.app.logins.acknowledge(service.app.logins.find(session))
            }
            #expect(late?.code == .sessionExpired)
            service.clock.advance(by: .seconds(480))
            let forgotten = try await failure { _ = try await service.app.logins.find(session) }
            #expect(forgotten?.code == .sessionNotFound)
        }
    }

    @Test func `acknowledge and cancel answer as the contract says`() async throws {
        try await Service.run { service in
            let logins = service.app.logins
            let (session, prompt) = try await service.start()
            let login = try await logins.find(session)
            let early = try await failure { try await logins.acknowledge(login) }
            #expect(early?.code == .notConfirmed)
            try await logins.cancel(login.id)
            try await logins.cancel(login.id)
            try await service.tap(prompt.confirm)
            guard case .ended(.sessionCancelled) = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
            let cancelled = try await failure {
                try await logins.acknowledge(logins.find(session))
            }
            #expect(cancelled?.code == .sessionCancelled)

            let (confirmed, next) = try await service.start()
            try await service.tap(next.confirm)
            let late = try await failure {
                try await logins.cancel(logins.find(confirmed).id)
            }
            #expect(late?.code == .alreadyConfirmed)

            let (denied, last) = try await service.start()
            try await service.tap(last.deny)
            let refused = try await failure { try await logins.cancel(logins.find(denied).id) }
            #expect(refused?.code == .loginDenied)
            let unknown = try await failure {
                try await logins.cancel(.make(at: service.clock.now, .system))
            }
            #expect(unknown?.code == .sessionNotFound)
        }
    }

    @Test func `a denial is final`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            try await service.tap(prompt.deny)
            try await service.tap(prompt.confirm)
            guard case .ended(.loginDenied) = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
            #expect(service.hints.all == [prompt.login])
        }
    }

    @Test func `a denial within 10 minutes ends the tokens that were handed out`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            try await service.tap(prompt.confirm)
            let grant = try await service.collect(session)
            service.clock.advance(by: .seconds(30))
            try await service.tap(prompt.deny)
            guard case .ended(.loginDenied) = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
            let refused = try await failure {
                _ = try service.app.tokens.caller(
                    authorization: Service.bearer(grant.accessToken))
            }
            #expect(refused?.code == .invalidToken)
        }
    }

    @Test func `delivery reports are published when they bring news`() async throws {
        try await Service.run { service in
            let (session, prompt) = try await service.start()
            let message = "wamid.1"
            for progress in [
                DeliveryReport.Progress.reached(.sent), .reached(.read), .reached(.delivered),
                .failed(.refused),
            ] {
                let report = DeliveryReport(
                    messageID: message, reference: nil, progress: progress)
                try await service.app.logins.apply([report], on: service.loop)
            }
            // Sent and read; what came late is no news.
            #expect(service.hints.all == [prompt.login, prompt.login])
            guard case .pending(let login) = try await service.outcome(of: session) else {
                throw UnexpectedOutcome()
            }
            #expect(login.delivery == .read)
        }
    }
}
