import Loop

extension Timestamp {
    /// `2026-11-21T09:30:00.123Z` (RFC 3339).
    public var iso8601: String {
        let time = CivilTime(unixSeconds: Int(seconds))
        let date = [time.month, time.day].map { "-" + $0.padded(to: 2) }.joined()
        let clock = [time.hour, time.minute, time.second].map { $0.padded(to: 2) }
        let fraction = Int(milliseconds - seconds * 1000).padded(to: 3)
        return "\(time.year.padded(to: 4))\(date)T\(clock.joined(separator: ":")).\(fraction)Z"
    }
}
