import Metrics
import Testing

struct RecentMaximumTests {
    private static let minute: UInt64 = 60_000_000_000

    @Test func `the largest of a minute counts`() {
        let maximum = RecentMaximum()
        for microseconds: UInt64 in [3, 9, 4] {
            maximum.record(microseconds * 1000, at: 10 * Self.minute)
        }
        #expect(maximum.value(at: 10 * Self.minute) == 9)
    }

    @Test func `it is told in the next minute, and no longer`() {
        let maximum = RecentMaximum()
        maximum.record(9000, at: 11 * Self.minute - 1)
        maximum.record(4000, at: 11 * Self.minute)
        #expect(maximum.value(at: 12 * Self.minute - 1) == 9)
        #expect(maximum.value(at: 12 * Self.minute) == 4)
        #expect(maximum.value(at: 13 * Self.minute) == 0)
    }

    @Test func `a later minute takes the place of an earlier one, whatever that held`() {
        let maximum = RecentMaximum()
        maximum.record(9000, at: 10 * Self.minute)
        maximum.record(1000, at: 12 * Self.minute)
        #expect(maximum.value(at: 12 * Self.minute) == 1)
    }

    @Test func `a turn of days is not taken for a later minute`() {
        let maximum = RecentMaximum()
        maximum.record(.max, at: 10 * Self.minute)
        #expect(maximum.value(at: 12 * Self.minute) == 0)
    }
}
