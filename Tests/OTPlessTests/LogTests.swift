import Glibc
import Loop
import OTPless
import Synchronization
import TestSupport
import Testing

struct LogTests {
    @Test func `a line is a JSON object with time, level and event`() throws {
        let pipe = try LogPipe()
        let log = try Log(.info, clock: TestClock(), descriptor: pipe.writing)
        log.write(
            .info, "it \"happened\"", ["who": .text("a\nb\u{0}\u{2028}"), "count": .number(-7)])
        log.close()
        let lines = pipe.readLines()
        #expect(lines.count == 1)
        let line = try JSONDocument(try #require(lines.first)).root
        #expect(line["time"]?.string == "2027-01-15T08:00:00.000Z")
        #expect(line["level"]?.string == "info")
        #expect(line["event"]?.string == "it \"happened\"")
        #expect(line["who"]?.string == "a\nb\u{0}\u{2028}")
        #expect(line["count"]?.integer == -7)
    }

    @Test func `lines below the threshold are not written`() throws {
        for (position, threshold) in Log.Level.allCases.enumerated() {
            let pipe = try LogPipe()
            let log = try Log(threshold, descriptor: pipe.writing)
            for level in Log.Level.allCases { log.write(level, "x") }
            log.close()
            #expect(pipe.readLines().count == Log.Level.allCases.count - position)
        }
    }

    @Test func `lines of one thread keep their order, none is torn`() async throws {
        let pipe = try LogPipe()
        let log = try Log(.debug, descriptor: pipe.writing)
        let reader = try Reader(pipe)
        await withTaskGroup { group in
            for task in 0..<4 {
                group.addTask {
                    for number in 0..<500 {
                        log.write(.info, "x", ["task": .number(task), "number": .number(number)])
                    }
                }
            }
        }
        log.close()
        pipe.closeWriting()
        let lines = try reader.lines().map { try JSONDocument($0).root }
        #expect(lines.count == 2000)
        for task in 0..<4 {
            let numbers = lines.filter { $0["task"]?.integer == Int64(task) }
                .compactMap { $0["number"]?.integer }
            #expect(numbers == numbers.sorted())
        }
    }

    @Test func `a reader that stalls costs lines, which are counted, and holds nobody up`() throws {
        let pipe = try LogPipe()
        let log = try Log(.debug, descriptor: pipe.writing)
        let text = String(repeating: "x", count: 1000)
        // The buffer takes 1 MiB, the pipe 64 KiB: most of this cannot be kept.
        let count = 5000
        for _ in 0..<count { log.write(.info, "x", ["text": .text(text)]) }
        let reader = try Reader(pipe)
        log.close()
        pipe.closeWriting()
        let lines = try reader.lines().map { try JSONDocument($0).root }
        let dropped = lines.compactMap { $0["count"]?.integer }.reduce(0, +)
        let written = lines.filter { $0["text"] != nil }.count
        #expect(dropped > 0)
        #expect(written > 500)
        #expect(written + Int(dropped) == count)
    }

    @Test func `a descriptor that does not block loses no half of a line`() throws {
        let pipe = try LogPipe()
        _ = fcntl(pipe.writing, F_SETFL, O_NONBLOCK)
        let log = try Log(.debug, descriptor: pipe.writing)
        let text = String(repeating: "x", count: 1000)
        for _ in 0..<500 { log.write(.info, "x", ["text": .text(text)]) }
        let reader = try Reader(pipe)
        log.close()
        pipe.closeWriting()
        let lines = reader.lines()
        #expect(lines.count == 500)
        for line in lines { _ = try JSONDocument(line) }
    }

    @Test func `a log may be closed twice, and written to afterwards`() throws {
        let pipe = try LogPipe()
        let log = try Log(.debug, descriptor: pipe.writing)
        log.close()
        log.close()
        log.write(.error, "too late")
        pipe.closeWriting()
        #expect(pipe.readLines().isEmpty)
    }

    @Test func `a log that keeps nothing needs no closing`() {
        let log = Log()
        log.write(.error, "x")
        log.close()
    }

    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_123, "2000-02-29T00:00:00.123Z"),
        (1_800_000_000_000, "2027-01-15T08:00:00.000Z"),
    ])
    func `times are written as RFC 3339`(_ milliseconds: Int64, _ expected: String) {
        #expect(Timestamp(milliseconds: milliseconds).iso8601 == expected)
    }
}

/// A pipe for a log to write into.
private final class LogPipe: Sendable {
    let writing: Int32
    private let reading: Int32
    private let isOpen = Atomic(true)

    init() throws(SystemError) {
        var ends: [Int32] = [0, 0]
        try check(unsafe pipe(&ends), "pipe")
        reading = ends[0]
        writing = ends[1]
    }

    deinit {
        closeWriting()
        close(reading)
    }

    func closeWriting() {
        if isOpen.exchange(false, ordering: .relaxed) { close(writing) }
    }

    /// What has been written so far; closes the writing end.
    func readLines() -> [[UInt8]] {
        closeWriting()
        return readToEnd()
    }

    /// What is written until the writing end is closed.
    func readToEnd() -> [[UInt8]] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe read(reading, &chunk, chunk.count)
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
    }
}

/// Empties a pipe on a thread of its own.
private final class Reader: Sendable {
    private let found: Found
    private let thread: Loop.Thread

    private final class Found: Sendable {
        let lines = Locked<[[UInt8]]>([])
    }

    init(_ pipe: LogPipe) throws(SystemError) {
        let found = Found()
        self.found = found
        thread = try Thread(name: "reader") {
            let lines = pipe.readToEnd()
            found.lines.withLock { $0 = lines }
        }
    }

    /// All that came; the pipe's writing end must be closed first.
    func lines() -> [[UInt8]] {
        thread.join()
        return found.lines.withLock { $0 }
    }
}
