import Glibc
public import Loop
public import Metrics

/// Writes JSON lines to standard error from a thread of its own.
///
/// Lines wait in a bounded buffer; when it is full they are dropped and counted, so that a stalled
/// terminal or disk never holds up a login. A line never holds a token, a session id, a code, a
/// message body or a full phone number: fields are built of types that print masked.
public final class Log: Sendable {
    /// How much a line matters.
    public enum Level: String, Comparable, MetricLabel {
        case debug, info, warning, error

        private var weight: Int {
            switch self {
            case .debug: 0
            case .info: 1
            case .warning: 2
            case .error: 3
            }
        }

        /// Whether the left level matters less.
        public static func < (left: Level, right: Level) -> Bool { left.weight < right.weight }
    }

    /// A value of a field.
    public enum Value: Sendable {
        case text(String)
        case number(Int)
    }

    private struct Buffer {
        var bytes: [UInt8] = []
        var dropped = 0
        var isClosing = false
    }

    private let threshold: Level
    private let clock: any WallClock
    private let buffer = Locked(Buffer())
    private let metrics = LogMetrics()
    private let bell: Bell?
    private let ended: Bell?
    private let thread: Locked<Loop.Thread?> = Locked(nil)

    /// How long the end of the process waits for a reader of the log that has stalled.
    private static let patience = Duration.seconds(1)

    private static let capacity = 1 << 20

    /// A log that writes lines of at least that level to a descriptor, standard error by default.
    ///
    /// - Throws: `SystemError` when its thread cannot be had.
    public init(
        _ threshold: Level, clock: any WallClock = SystemClock(), descriptor: Int32 = 2
    ) throws(SystemError) {
        self.threshold = threshold
        self.clock = clock
        let (bell, ended) = (try Bell(), try Bell())
        self.bell = bell
        self.ended = ended
        let writer = try Thread(name: "log") { [weak self] in
            repeat { bell.wait() } while self?.write(to: descriptor) ?? false
            ended.ring()
        }
        thread.withLock { $0 = writer }
    }

    /// A log that keeps nothing, for tests.
    public init() {
        threshold = .error
        clock = SystemClock()
        bell = nil
        ended = nil
    }

    /// Writes a line: `{"time":…,"level":"info","event":"…",…}`.
    public func write(
        _ level: Level, _ event: StaticString,
        _ fields: @autoclosure () -> KeyValuePairs<StaticString, Value> = [:]
    ) {
        guard level >= threshold, let bell else { return }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("time", clock.now.iso8601)
            writer.member("level", level.rawValue)
            writer.member("event", event.description)
            for (name, value) in fields() {
                switch value {
                case .text(let text): writer.member(name.description, text)
                case .number(let number): writer.member(name.description, number)
                }
            }
        }
        let line = writer.bytes
        metrics.lines[level].add()
        let isFirst = buffer.withLock { buffer in
            let isFirst = buffer.bytes.isEmpty
            if buffer.bytes.count + line.count < Self.capacity {
                buffer.bytes += line + [UInt8(ascii: "\n")]
            } else {
                buffer.dropped += 1
                metrics.dropped.add()
            }
            return isFirst
        }
        if isFirst { bell.ring() }
    }

    /// Writes out what waits and ends the thread, unless nobody takes the lines.
    public func close() {
        guard let bell, let ended else { return }
        buffer.withLock { $0.isClosing = true }
        bell.ring()
        if ended.wait(atMost: Self.patience) { thread.withLock { $0 }?.join() }
    }

    private func write(to descriptor: Int32) -> Bool {
        let (bytes, dropped, isClosing) = buffer.withLock { buffer in
            let taken = (buffer.bytes, buffer.dropped, buffer.isClosing)
            buffer.bytes = []
            buffer.dropped = 0
            return taken
        }
        Self.write(bytes, to: descriptor)
        if dropped > 0 {
            let line =
                "\(clock.now.iso8601)\",\"level\":\"warning\",\"event\":\"log lines dropped\""
            Self.write(Array("{\"time\":\"\(line),\"count\":\(dropped)}\n".utf8), to: descriptor)
        }
        return !isClosing
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&poller, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }
}

extension Log: MetricSource {
    /// Writes lines by level, what waits to be written, and what was dropped.
    public func write(to page: inout Exposition) {
        page.rows("log_lines_total", "Lines of the log by level.", by: "level", [metrics.lines])
        page.counter(
            "log_lines_dropped_total", "Lines that were dropped: nobody took those before them.",
            metrics.dropped.value)
        page.gauge(
            "log_buffer_bytes", "What waits to be written to standard error.",
            buffer.withLock { $0.bytes.count })
    }
}
