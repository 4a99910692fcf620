import Glibc
import OTPless

/// How many files and sockets the process may have open, and how many connections that bears.
enum DescriptorLimit {
    /// What each loop needs beside its clients: 128 sends and their name look-ups, 64 clients that are
    /// turned away, its own machinery.
    private static let reservePerLoop = 256

    /// What the process needs once: the database, the log, files that are read.
    private static let reserve = 64

    /// More connections than that take more than a limit set for all programs is meant to allow.
    private static let most = 100_000

    /// What the soft limit can be raised to.
    static var hard: Int { Int(clamping: limits.rlim_max) }

    /// Raises the soft limit: a waiting page is a descriptor.
    static func raise() {
        var limits = limits
        limits.rlim_cur = limits.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    }

    /// How many connections a limit bears beside all else.
    static func connections(within limit: Int, loops: Int) -> Int {
        min(most, room(within: limit, loops: loops))
    }

    /// What to tell an operator who has set more connections than the limit bears.
    static func warnings(_ config: Config, loops: Int, limit: Int = hard) -> [String] {
        let room = room(within: limit, loops: loops)
        guard let wanted = config.connections, wanted > room else { return [] }
        return [
            "OTPLESS_CONNECTIONS is \(wanted), but the descriptor limit here, \(limit), bears about "
                + "\(room): raise it (LimitNOFILE=, ulimit -Hn)"
        ]
    }

    /// At least half of the limit, however low it is.
    private static func room(within limit: Int, loops: Int) -> Int {
        max(limit / 2, limit - reserve - loops * reservePerLoop)
    }

    private static var limits: rlimit {
        var limits = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
        return limits
    }
}
