import Loop
import OTPless
import TestSupport
import Testing

/// What a node says of its clock.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct NodeClockTests {
    @Test(arguments: [60, -60])
    func `a clock that is not the database's is told of once, and when it is right again`(
        ahead: Int
    ) async throws {
        try await TestPostgres.withSchema { url in
            let loops = try LoopGroup(count: 1)
            defer { loops.stop() }
            let store = try await PostgresStore.open(url, connections: 1, on: loops.loops)
            defer { store.close() }
            let clock = WrongClock(ahead: .seconds(ahead))
            let told = Locked<[Duration]>([])
            let peers = Peers(store, on: loops.loops[0], at: clock.now)
            let listener = Peers.Listener {
                _ in
            } mayHaveMissed: {
            } clockDiffers: { ahead in
                told.withLock { $0.append(ahead) }
            }
            try await peers.join(listener, clock)
            let first = try #require(told.withLock { $0.first })
            // A slow way to the database counts as no difference, and so hides some of it.
            #expect(abs(first.wholeSeconds) <= 60 && first.wholeSeconds.signum() == ahead.signum())
            clock.ahead.withLock { $0 = .zero }
            try await wait(for: "the next pulse") { told.withLock { $0.count } > 1 }
            await peers.leave()
            #expect(told.withLock { $0 }.dropFirst() == [.zero])
        }
    }
}

private final class WrongClock: WallClock {
    let ahead: Locked<Duration>

    init(ahead: Duration) { self.ahead = Locked(ahead) }

    var now: Timestamp { SystemClock().now + ahead.withLock { $0 } }
}
