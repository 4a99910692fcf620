import Glibc
import Loop
import Testing

struct EventLoopTests {
    @Test func `a letter runs on its loop's thread`() async throws {
        try await withLoops(2) { loops in
            for loop in loops {
                let index = await withCheckedContinuation { continuation in
                    let isTaken = loop.post { loop in
                        loop.preconditionIsolated()
                        continuation.resume(returning: loop.index)
                    }
                    #expect(isTaken)
                }
                #expect(index == loop.index)
            }
        }
    }

    @Test func `letters run in the order in which they were posted`() async throws {
        try await withLoops { loops in
            let seen = Shared<[Int]>([])
            for number in 0..<1000 { loops[0].post { _ in seen.update { $0.append(number) } } }
            await run(on: loops[0]) { _ in }
            while seen.value.count < 1000 { await Task.yield() }
            #expect(seen.value == Array(0..<1000))
        }
    }

    @Test func `a full mailbox says so and loses nothing it took`() async throws {
        try await withLoops { loops in
            let entered = try Bell()
            let release = try Bell()
            loops[0].post { _ in
                entered.ring()
                release.wait()
            }
            entered.wait()
            let ran = Shared(0)
            var taken = 0
            while taken < 1_000_000, loops[0].post({ _ in ran.update { $0 += 1 } }) { taken += 1 }
            #expect(taken == 65_536)
            release.ring()
            while ran.value < taken { await Task.yield() }
            #expect(loops[0].post { _ in })
        }
    }

    @Test func `a letter that comes too late does not keep its loop`() throws {
        /// There is always one more.
        @Sendable func writeAgain(to loop: EventLoop) {
            loop.post { _ in writeAgain(to: loop) }
        }
        weak var kept: EventLoop?
        do {
            let group = try LoopGroup(count: 1)
            kept = group.loops[0]
            writeAgain(to: group.loops[0])
            group.stop()
        }
        #expect(kept == nil)
    }

    @Test func `spawned tasks are counted until they end`() async throws {
        try await withLoops { loops in
            let waiting = Shared<[CheckedContinuation<Void, Never>]>([])
            for _ in 0..<3 {
                await loops[0].spawn { loop in
                    loop.preconditionIsolated()
                    await withCheckedContinuation { continuation in
                        waiting.update { $0.append(continuation) }
                    }
                    loop.preconditionIsolated()
                }
            }
            while waiting.value.count < 3 { await Task.yield() }
            #expect(await loops[0].taskCount == 3)
            for continuation in waiting.value { continuation.resume() }
            while await loops[0].taskCount > 0 { await Task.yield() }
        }
    }

    @Test func `an id of an earlier generation finds nothing`() async throws {
        try await withLoops { loops in
            let reuser = RecordingSource()
            let (old, new) = await run(on: loops[0]) { loop in
                let old = loop.add(RecordingSource())
                loop.remove(old)
                loop.remove(old)
                return (old, loop.add(reuser))
            }
            #expect(old != new)
            await run(on: loops[0]) { loop in
                #expect(loop.source(old) == nil)
                #expect(loop.source(new) === reuser)
                #expect(loop.sourceIDs == [new])
                loop.setDeadline(Moment(nanoseconds: 1), of: old)
                loop.setInterest(.readable, of: old)
                loop.remove(old)
                #expect(loop.source(new) === reuser)
            }
        }
    }

    @Test func `an id that was never given finds nothing`() async throws {
        try await withLoops { loops in
            await run(on: loops[0]) { loop in
                #expect(loop.source(SourceID(slot: 0, generation: 1)) == nil)
                #expect(loop.source(SourceID(slot: .max, generation: .max)) == nil)
                loop.remove(SourceID(slot: 7, generation: 1))
                loop.setDeadline(.now, of: SourceID(slot: 7, generation: 1))
            }
        }
    }

    @Test func `a descriptor's readiness reaches its source, and only while it is watched`()
        async throws
    {
        let pipe = try Pipe()
        let source = RecordingSource { _ in pipe.readByte() }
        try await withLoops { loops in
            let id = try await run(on: loops[0]) { loop in
                try loop.add(source, descriptor: pipe.reading, interest: .readable)
            }
            pipe.writeByte()
            await source.wait()
            #expect(source.readiness == [.readable])
            await run(on: loops[0]) { loop in loop.setInterest([], of: id) }
            pipe.writeByte()
            await run(on: loops[0]) { loop in loop.remove(id) }
            #expect(source.readiness.count == 1)
        }
    }

    @Test func `a bad descriptor is refused and keeps no source`() async throws {
        try await withLoops { loops in
            await run(on: loops[0]) { loop in
                #expect(throws: SystemError.self) {
                    try loop.add(RecordingSource(), descriptor: -1, interest: .readable)
                }
                #expect(loop.sourceIDs.isEmpty)
            }
        }
    }
}

/// Both ends of a pipe, closed with their owner.
private final class Pipe: Sendable {
    let reading: Int32
    let writing: Int32

    init() throws(SystemError) {
        var ends: [Int32] = [0, 0]
        try check(unsafe pipe(&ends), "pipe")
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        close(reading)
        close(writing)
    }

    func writeByte() {
        var byte: UInt8 = 1
        unsafe write(writing, &byte, 1)
    }

    func readByte() {
        var byte: UInt8 = 0
        unsafe read(reading, &byte, 1)
    }
}
