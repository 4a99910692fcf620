import Loop
import Testing

/// Expected values from GNU date (`date -u -d @N '+%F %T %w'`).
struct CivilTimeTests {
    @Test(arguments: [
        (0, "1970-01-01 00:00:00 4"), (-1, "1969-12-31 23:59:59 3"),
        (86_399, "1970-01-01 23:59:59 4"),
        (951_782_399, "2000-02-28 23:59:59 1"), (951_782_400, "2000-02-29 00:00:00 2"),
        (951_868_800, "2000-03-01 00:00:00 3"), (1_709_164_800, "2024-02-29 00:00:00 4"),
        (1_735_603_200, "2024-12-31 00:00:00 2"), (1_795_253_400, "2026-11-21 09:30:00 6"),
        (4_107_542_399, "2100-02-28 23:59:59 0"), (4_107_542_400, "2100-03-01 00:00:00 1"),
        (2_147_483_648, "2038-01-19 03:14:08 2"), (253_402_300_799, "9999-12-31 23:59:59 5"),
        (-2_203_891_200, "1900-03-01 00:00:00 4"), (-2_203_891_201, "1900-02-28 23:59:59 3"),
        (-11_676_096_000, "1600-01-01 00:00:00 6"), (-86_400, "1969-12-31 00:00:00 3"),
    ])
    func `known times have their known dates`(_ seconds: Int, _ expected: String) {
        let time = CivilTime(unixSeconds: seconds)
        let date = [time.year, time.month, time.day].map { $0.padded(to: 2) }
        let clock = [time.hour, time.minute, time.second].map { $0.padded(to: 2) }
        let text = date.joined(separator: "-") + " " + clock.joined(separator: ":")
        #expect("\(text) \(time.weekday)" == expected)
    }

    @Test func `every day follows the one before for 800 years`() {
        var previous = CivilTime(unixSeconds: -400 * 365 * 86_400)
        for day in (-400 * 365 + 1)..<(400 * 365) {
            let time = CivilTime(unixSeconds: day * 86_400)
            let isNext =
                time.day == previous.day + 1 && time.month == previous.month
                || time.day == 1 && time.month == previous.month % 12 + 1
                    && previous.day == Self.days(of: previous.month, in: previous.year)
            guard isNext, time.weekday == (previous.weekday + 1) % 7 else {
                Issue.record("\(previous) is followed by \(time)")
                return
            }
            previous = time
        }
    }

    @Test(arguments: [(7, 2, "07"), (123, 2, "123"), (0, 3, "000"), (5, 0, "5")])
    func `numbers are padded with zeros`(_ number: Int, _ width: Int, _ expected: String) {
        #expect(number.padded(to: width) == expected)
    }

    private static func days(of month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
    }
}
