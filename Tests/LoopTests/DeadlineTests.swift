import Loop
import Testing

/// The earliest moment there is: a deadline set to it comes before every other of the same turn.
private let first = Moment(nanoseconds: 1)

struct DeadlineTests {
    @Test func `a deadline passes once, and not before its moment`() async throws {
        try await withLoops { loops in
            let source = RecordingSource()
            let deadline = await run(on: loops[0]) { loop in
                let deadline = Moment.now + .milliseconds(3)
                loop.setDeadline(deadline, of: loop.add(source))
                return deadline
            }
            await source.wait()
            await witness(on: loops[0])
            #expect(source.moments.count == 1)
            #expect(source.moments[0] >= deadline)
        }
    }

    @Test func `a deadline moved later passes at the later moment`() async throws {
        try await withLoops { loops in
            let source = RecordingSource()
            let deadline = await run(on: loops[0]) { loop in
                let id = loop.add(source)
                loop.setDeadline(first, of: id)
                let deadline = Moment.now + .milliseconds(5)
                loop.setDeadline(deadline, of: id)
                return deadline
            }
            await source.wait()
            await witness(on: loops[0])
            #expect(source.moments.count == 1)
            #expect(source.moments[0] >= deadline)
        }
    }

    @Test func `a deadline moved earlier passes at the earlier moment, once`() async throws {
        try await withLoops { loops in
            let source = RecordingSource()
            await run(on: loops[0]) { loop in
                let id = loop.add(source)
                loop.setDeadline(.now + .seconds(3600), of: id)
                loop.setDeadline(.now + .milliseconds(2), of: id)
                loop.setDeadline(first, of: id)
            }
            await source.wait()
            await witness(on: loops[0], after: .milliseconds(3))
            #expect(source.moments.count == 1)
        }
    }

    @Test func `a cleared deadline does not pass, and can be set again`() async throws {
        try await withLoops { loops in
            let source = RecordingSource()
            let id = await run(on: loops[0]) { loop in
                let id = loop.add(source)
                loop.setDeadline(first, of: id)
                loop.setDeadline(nil, of: id)
                return id
            }
            await witness(on: loops[0])
            #expect(source.moments.isEmpty)
            await run(on: loops[0]) { loop in loop.setDeadline(first, of: id) }
            await source.wait()
            #expect(source.moments.count == 1)
        }
    }

    @Test func `a source removed before its deadline hears nothing of it`() async throws {
        try await withLoops { loops in
            let gone = RecordingSource()
            let reuser = RecordingSource()
            await run(on: loops[0]) { loop in
                let id = loop.add(gone)
                loop.setDeadline(first, of: id)
                loop.remove(id)
                // Takes the same slot: the old timer must not fire for it.
                _ = loop.add(reuser)
            }
            await witness(on: loops[0])
            #expect(gone.moments.isEmpty)
            #expect(reuser.moments.isEmpty)
        }
    }

    @Test func `a source may set its next deadline when one passes`() async throws {
        try await withLoops { loops in
            let rounds = Shared(0)
            let id = Shared<SourceID?>(nil)
            let source = RecordingSource { loop in
                rounds.update { $0 += 1 }
                if rounds.value < 5, let id = id.value { loop.setDeadline(.now, of: id) }
            }
            await run(on: loops[0]) { loop in
                let made = loop.add(source)
                id.update { $0 = made }
                loop.setDeadline(.now, of: made)
            }
            while rounds.value < 5 { await witness(on: loops[0]) }
            #expect(source.moments.count == 5)
        }
    }

    @Test func `a source may remove itself when its deadline passes`() async throws {
        try await withLoops { loops in
            let id = Shared<SourceID?>(nil)
            let source = RecordingSource { loop in
                if let id = id.value { loop.remove(id) }
            }
            let made = await run(on: loops[0]) { loop in
                let made = loop.add(source)
                id.update { $0 = made }
                loop.setDeadline(first, of: made)
                return made
            }
            await source.wait()
            #expect(await run(on: loops[0]) { loop in loop.source(made) == nil })
        }
    }

    /// Waits until a deadline set now has passed: all earlier ones have then been looked at.
    private func witness(on loop: EventLoop, after delay: Duration = .zero) async {
        let witness = RecordingSource()
        await run(on: loop) { loop in loop.setDeadline(.now + delay, of: loop.add(witness)) }
        await witness.wait()
    }
}
