import Loop
import Metrics
import OTPless
import TestSupport
import Testing

/// Hints between nodes, on a real PostgreSQL.
@Suite(.blocking, .postgres, .timeLimit(.minutes(2)))
struct PostgresListenerTests {
    @Test func `what one notifies the other hears, in fewer transactions`() async throws {
        try await withPostgres(loops: 2) { rig in
            let ear = try await Ear(rig, on: 0, channels: ["node \"a\"", "all"])
            let mouth = try await Ear(rig, on: 1, channels: ["other"])
            try await ear.wait { $0.connects == 1 }
            try await mouth.wait { $0.connects == 1 }
            await mouth.notify((0..<500).map { ("node \"a\"", "\($0)") } + [("all", "end")])
            try await ear.wait { $0.heard.count == 501 }
            let heard = ear.state.withLock { $0.heard }
            #expect(heard.dropLast() == (0..<500).map { "node \"a\": \($0)" }[...])
            #expect(heard.last == "all: end")
            #expect(mouth.metrics.batches.value == 3 && mouth.metrics.dropped.value == 0)
        }
    }

    @Test func `a listener that loses its connection listens again and says so`() async throws {
        try await withPostgres { rig in
            let ear = try await Ear(rig, on: 0, channels: ["a"])
            try await ear.wait { $0.connects == 1 }
            let raw = try rig.raw()
            let backend = await PostgresListener.backend(of: ear.id, on: rig.loops[0])
            try raw.run("SELECT pg_terminate_backend(\(backend), 5000)")
            await ear.notify([("a", "early")])
            try await ear.wait { $0.connects == 2 }
            try raw.run("NOTIFY a, 'late'")
            try await ear.wait { $0.heard.contains("a: late") && $0.heard.contains("a: early") }
        }
    }
}

/// A listener that notes what it hears.
private final class Ear: Sendable {
    struct State {
        var heard: [String] = []
        var connects = 0
    }

    let state: Locked<State>
    let id: SourceID
    let metrics = PostgresListenerMetrics()
    private let loop: EventLoop

    init(_ rig: PostgresRig, on index: Int, channels: [String]) async throws {
        let state = Locked(State())
        self.state = state
        loop = rig.loops[index]
        id = await PostgresListener.make(
            try PostgresAddress(rig.url), NameResolver(), channels: channels, metrics: metrics,
            on: loop,
            callbacks: .init { channel, payload, _ in
                state.withLock { $0.heard.append("\(channel): \(payload)") }
            } reconnected: { _ in
                state.withLock { $0.connects += 1 }
            })
    }

    /// Asks for all of them at once.
    func notify(_ notes: [(channel: String, payload: String)]) async {
        await Self.notify(id, notes, on: loop)
    }

    private static func notify(
        _ id: SourceID, _ notes: [(channel: String, payload: String)], on loop: isolated EventLoop
    ) {
        for note in notes { PostgresListener.notify(id, note.channel, note.payload, on: loop) }
    }

    func wait(until isDone: @Sendable (State) -> Bool) async throws {
        try await TestSupport.wait(for: "a hint") { state.withLock { isDone($0) } }
    }
}
