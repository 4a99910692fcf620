import Loop
import Testing
import Wire

struct WebSocketSessionTests {
    private static let start = Moment(nanoseconds: 1_000_000_000_000)

    private final class Nobody: WebSocketHandler {
        func opened(on loop: isolated EventLoop) {}
        func received(_ message: WebSocketMessage, on loop: isolated EventLoop) {}
        func deadlinePassed(on loop: isolated EventLoop) {}
        func closed(on loop: isolated EventLoop) {}
    }

    private let times = TimeLimits()

    private func makeSession() -> WebSocketSession {
        WebSocketSession(
            limits: WebSocketLimits(), handler: Nobody(), now: Self.start, times: times)
    }

    @Test func `a peer that answers pings stays`() {
        var session = makeSession()
        for _ in 0..<100 {
            let due = session.deadline
            #expect(session.beat(at: due, times: times) == .ping)
            #expect(session.deadline == due + times.ping)
            session.heard()
        }
    }

    @Test func `a peer that answers no ping is dead an interval later`() {
        var session = makeSession()
        #expect(session.beat(at: session.deadline, times: times) == .ping)
        #expect(session.beat(at: session.deadline, times: times) == .dead)
    }

    @Test func `before its time there is no ping`() {
        var session = makeSession()
        #expect(session.beat(at: Self.start, times: times) == .none)
        #expect(session.deadline > Self.start + .seconds(12))
        #expect(session.deadline <= Self.start + times.ping)
    }

    @Test func `a close that is not answered in time is the end`() {
        var session = makeSession()
        session.startClosing(at: Self.start, times: times)
        #expect(session.deadline == Self.start + times.close)
        #expect(session.beat(at: session.deadline, times: times) == .dead)
    }
}
