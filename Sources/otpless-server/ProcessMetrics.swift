import CLinux
import Glibc
import Metrics
import OTPless

/// What the system tells of this process, under the names that Prometheus gave it, and which version
/// it is.
struct ProcessMetrics: MetricSource {
    let startedAt: Timestamp

    func write(to page: inout Exposition) {
        page.family("build_info", .gauge, "1; the version is in the label.") { family in
            family.add([("version", Help.version)], 1)
        }
        page.family(
            "process_start_time_seconds", .gauge, "When the server started, in Unix time.",
            isStandard: true
        ) { $0.add([], UInt64(clamping: startedAt.milliseconds), of: 1000) }
        writeUsage(to: &page)
        writeDescriptors(to: &page)
    }

    private func writeUsage(to page: inout Exposition) {
        let (cpu, memory) = (Self.processorTime, Self.memory)
        page.family(
            "process_cpu_seconds_total", .counter, "Processor time, in user and in system mode.",
            isStandard: true
        ) { $0.add([], cpu, of: 1_000_000) }
        page.family(
            "process_resident_memory_bytes", .gauge, "Memory that is in use.", isStandard: true
        ) { $0.add([], memory.resident) }
        page.family(
            "process_virtual_memory_bytes", .gauge, "Address space that is in use.",
            isStandard: true
        ) { $0.add([], memory.virtual) }
    }

    private func writeDescriptors(to page: inout Exposition) {
        page.family(
            "process_open_fds", .gauge, "Open file descriptors.", isStandard: true
        ) { $0.add([], Self.openDescriptors) }
        var limit = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        page.family(
            "process_max_fds", .gauge, "How many file descriptors may be open.", isStandard: true
        ) { $0.add([], limit.rlim_cur) }
    }

    /// In microseconds.
    ///
    /// By a clock, not getrusage(2): whether Swift sees the fields of its times depends on the order in
    /// which modules are compiled.
    private static var processorTime: UInt64 {
        clinux_clock_nanoseconds(CLOCK_PROCESS_CPUTIME_ID) / 1000
    }

    /// In bytes, by the second and the first number of /proc/self/statm (proc(5)).
    private static var memory: (resident: UInt64, virtual: UInt64) {
        guard let file = unsafe fopen("/proc/self/statm", "r") else { return (0, 0) }
        defer { unsafe fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe fread(&bytes, 1, bytes.count, file)
        let numbers = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
        let size = UInt64(sysconf(Int32(_SC_PAGESIZE)))
        let pages = numbers.prefix(2).compactMap { UInt64($0) }
        return pages.count == 2 ? (pages[1] * size, pages[0] * size) : (0, 0)
    }

    private static var openDescriptors: Int {
        guard let folder = unsafe opendir("/proc/self/fd") else { return 0 }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the folder's own.
        return max(0, count - 3)
    }
}
