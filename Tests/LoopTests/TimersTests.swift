import Loop
import Testing

struct TimersTests {
    @Test func `the earliest comes first whatever the order of insertion`() {
        var generator = SystemRandomNumberGenerator()
        for count in [0, 1, 2, 3, 7, 64, 1000] {
            let moments = (0..<count).map { _ in UInt64.random(in: 0...500, using: &generator) }
            var timers = Timers()
            for moment in moments { timers.insert(Moment(nanoseconds: moment), id(0)) }
            #expect(drain(&timers) == moments.sorted())
            #expect(timers.isEmpty)
        }
    }

    @Test func `nothing comes before its moment`() {
        var timers = Timers()
        timers.insert(Moment(nanoseconds: 20), id(2))
        timers.insert(Moment(nanoseconds: 10), id(1))
        #expect(timers.pop(due: Moment(nanoseconds: 9))?.id == nil)
        #expect(timers.next == Moment(nanoseconds: 10))
        #expect(timers.pop(due: Moment(nanoseconds: 10))?.id == id(1))
        #expect(timers.pop(due: Moment(nanoseconds: 19))?.id == nil)
        #expect(timers.pop(due: .never)?.id == id(2))
        #expect(timers.next == nil)
    }

    @Test func `inserting while taking out keeps the order`() {
        var timers = Timers()
        for moment in [50, 10, 40] { timers.insert(Moment(nanoseconds: UInt64(moment)), id(0)) }
        #expect(timers.pop(due: .never)?.moment == Moment(nanoseconds: 10))
        for moment in [45, 5, 60] { timers.insert(Moment(nanoseconds: UInt64(moment)), id(0)) }
        #expect(drain(&timers) == [5, 40, 45, 50, 60])
    }

    @Test func `entries nobody needs are dropped, and the others keep their order`() {
        var timers = Timers()
        for number in 0..<5000 {
            timers.insert(Moment(nanoseconds: UInt64(5000 - number)), id(UInt32(number)))
        }
        timers.compact { $0.id == id(7) || $0.id == id(4999) || $0.id == id(2500) }
        #expect(timers.count == 3)
        #expect(drain(&timers) == [1, 2500, 4993])
    }

    private func id(_ slot: UInt32) -> SourceID { SourceID(slot: slot, generation: 1) }

    private func drain(_ timers: inout Timers) -> [UInt64] {
        var moments: [UInt64] = []
        while let entry = timers.pop(due: .never) { moments.append(entry.moment.nanoseconds) }
        return moments
    }
}
