import Loop
import Testing

/// What a loop does again and again.
@Suite(.timeLimit(.minutes(1)))
struct RepeaterTests {
    @Test func `a chore is done again after each rest, and never twice at once`() async throws {
        try await withLoops { loops in
            let (done, finished) = AsyncStream.makeStream(of: Int.self)
            let underWay = Shared(0)
            let count = Shared(0)
            await Repeater.start(after: .zero, on: loops[0]) { _ in
                underWay.update { $0 += 1 }
                #expect(underWay.value == 1)
                await Task.yield()
                underWay.update { $0 -= 1 }
                count.update { $0 += 1 }
                finished.yield(count.value)
                return count.value < 3 ? .milliseconds(1) : .seconds(3600)
            }
            var seen: [Int] = []
            for await number in done {
                seen.append(number)
                if number == 3 { break }
            }
            #expect(seen == [1, 2, 3])
        }
    }
}
