/// A Unix time as a UTC calendar shows it: for `Date` fields and log lines, without a lock or a
/// locale (gmtime_r takes the C library's time zone lock).
public struct CivilTime: Hashable, Sendable {
    /// The Gregorian year, such as 2026.
    public let year: Int
    /// 1 to 12.
    public let month: Int
    /// 1 to 31.
    public let day: Int
    /// 0 to 23.
    public let hour: Int
    /// 0 to 59.
    public let minute: Int
    /// 0 to 59: Unix time has no leap seconds.
    public let second: Int
    /// 0 (Sunday) to 6.
    public let weekday: Int

    /// Converts whole seconds since 1970-01-01.
    ///
    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    public init(unixSeconds: Int) {
        let days = Self.floorDivide(unixSeconds, 86_400)
        let time = unixSeconds - days * 86_400
        hour = time / 3600
        minute = time / 60 % 60
        second = time % 60
        weekday = (days % 7 + 11) % 7
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    private static func floorDivide(_ number: Int, _ divisor: Int) -> Int {
        number >= 0 ? number / divisor : (number - divisor + 1) / divisor
    }
}

extension Int {
    /// Decimal digits with zeros in front: 7 padded to 2 is `07`.
    public func padded(to width: Int) -> String {
        let digits = String(self)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}
