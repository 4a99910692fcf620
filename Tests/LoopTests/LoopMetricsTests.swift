import Loop
import Metrics
import Testing

struct LoopMetricsTests {
    private static func page(of loops: LoopGroup) -> String {
        var page = Exposition(prefix: "")
        loops.write(to: &page)
        return page.text
    }

    @Test func `tasks and letters of each loop are told while they are there`() async throws {
        let loops = try LoopGroup(count: 2)
        defer { loops.stop() }
        let (entered, release) = (try Bell(), try Bell())
        let hasSpawned = loops.loops[1].post { loop in
            loop.spawn { _ in }
            // It has not run, and cannot while this goes on.
            entered.ring()
            release.wait()
        }
        #expect(hasSpawned)
        entered.wait()
        for _ in 1...3 { loops.loops[1].post { _ in } }
        let text = Self.page(of: loops)
        #expect(text.contains("\nloop_tasks{loop=\"0\"} 0\nloop_tasks{loop=\"1\"} 1\n"))
        #expect(text.contains("\nloop_letters_waiting{loop=\"1\"} 3\n"))
        release.ring()
        while await loops.loops[1].taskCount > 0 { await Task.yield() }
        await run(on: loops.loops[1]) { _ in }
        #expect(Self.page(of: loops).contains("\nloop_tasks{loop=\"1\"} 0\n"))
    }

    @Test func `a letter that a full mailbox refuses is counted`() async throws {
        let loops = try LoopGroup(count: 1)
        defer { loops.stop() }
        let (entered, release) = (try Bell(), try Bell())
        loops.loops[0].post { _ in
            entered.ring()
            release.wait()
        }
        entered.wait()
        while loops.loops[0].post({ _ in }) {}
        loops.loops[0].post { _ in }
        let text = Self.page(of: loops)
        #expect(text.contains("\nloop_letters_waiting{loop=\"0\"} 65536\n"))
        #expect(text.contains("\nloop_letters_refused_total{loop=\"0\"} 2\n"))
        release.ring()
    }
}
