import Loop
import Testing

struct LoopGroupTests {
    @Test func `a group has at least one loop, and numbers them`() throws {
        for (count, expected) in [(0, 1), (-3, 1), (1, 1), (3, 3)] {
            let group = try LoopGroup(count: count)
            #expect(group.loops.map(\.index) == Array(0..<expected))
            group.stop()
        }
    }

    @Test func `stop waits for the turn that is running`() throws {
        let group = try LoopGroup(count: 1)
        let entered = try Bell()
        let release = try Bell()
        let isDone = Shared(false)
        let wasDone = Shared(false)
        group.loops[0].post { _ in
            entered.ring()
            release.wait()
            isDone.update { $0 = true }
        }
        entered.wait()
        let stopper = try Thread(name: "stopper") {
            group.stop()
            let done = isDone.value
            wasDone.update { $0 = done }
        }
        release.ring()
        stopper.join()
        #expect(wasDone.value)
    }

    @Test func `nothing runs after stop, and a second stop returns at once`() throws {
        let group = try LoopGroup(count: 2)
        group.stop()
        let hasRun = Shared(false)
        for loop in group.loops { loop.post { _ in hasRun.update { $0 = true } } }
        group.stop()
        #expect(!hasRun.value)
    }

    @Test func `a thread runs its closure before join returns`() throws {
        let hasRun = Shared(false)
        let thread = try Thread(name: "a name of more than fifteen bytes") {
            hasRun.update { $0 = true }
        }
        thread.join()
        thread.join()
        #expect(hasRun.value)
    }

    @Test func `many rings of a bell are remembered as one`() throws {
        let bell = try Bell()
        for _ in 0..<10 { bell.ring() }
        bell.wait()
        let hasWaited = Shared(false)
        let waiter = try Thread(name: "waiter") {
            bell.wait()
            hasWaited.update { $0 = true }
        }
        #expect(!hasWaited.value)
        bell.ring()
        waiter.join()
        #expect(hasWaited.value)
    }
}
