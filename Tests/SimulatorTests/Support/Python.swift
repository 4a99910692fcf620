import Foundation
import Glibc
import Loop
import TestSupport

/// A Python program that runs beside a test.
struct Python {
    /// The interpreter that has pywa; nil, and said aloud once, when there is none.
    static let withPywa: String? = {
        let path = ProcessInfo.processInfo.environment["OTPLESS_TEST_PYTHON"]
        if let path, FileManager.default.isExecutableFile(atPath: path) { return path }
        print(
            "NOT TESTED: the simulator against pywa. OTPLESS_TEST_PYTHON names no Python that has "
                + "it; scripts/test sets it once scripts/setup --tests could install pywa.")
        return nil
    }()

    private let id: pid_t
    private let input: Int32
    private let output: Int32
    private let errors: Int32

    /// Starts a program of the folder `pywa`.
    ///
    /// Not by Foundation's `Process`, which in Swift 6.3 reads beyond what `readdir` gives.
    init(_ interpreter: String, _ program: String, _ arguments: [String]) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let path = tests.appending(path: "pywa/\(program)").path
        let pipes = try (0..<3).map { _ in try Self.pipe() }
        let ends = [pipes[0].read, pipes[1].write, pipes[2].write]
        id = try Self.spawn([interpreter, "-B", path] + arguments, ends)
        for end in ends { close(end) }
        (input, output, errors) = (pipes[0].write, pipes[1].read, pipes[2].read)
    }

    /// Waits for the first line that it prints.
    func line() async throws -> String {
        let pipe = output
        guard let text = await onThread({ Self.line(of: pipe) }) ?? nil else {
            throw Fault("Python said nothing: \(await waitForEnd().errors)")
        }
        return text
    }

    func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(input, $0.baseAddress, $0.count) }
    }

    /// Waits for its end and returns what it wrote to standard error.
    func waitForEnd() async -> (status: Int32?, errors: String) {
        let (id, pipe) = (id, errors)
        let end = await onThread {
            let text = Self.rest(of: pipe)
            var status: Int32 = 0
            unsafe waitpid(id, &status, 0)
            return (status, text)
        }
        for pipe in [input, output, errors] { close(pipe) }
        return (end?.0, end?.1 ?? "")
    }

    /// Does on a thread of its own what waits; nil when there is no thread to be had.
    private func onThread<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T? {
        await withCheckedContinuation { continuation in
            let thread = try? Thread(name: "python") { continuation.resume(returning: work()) }
            if thread == nil { continuation.resume(returning: nil) }
        }
    }

    private static func line(of pipe: Int32) -> String? {
        var (line, byte) = ([UInt8](), UInt8(0))
        while unsafe read(pipe, &byte, 1) == 1 {
            guard byte != UInt8(ascii: "\n") else { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }

    private static func rest(of pipe: Int32) -> String {
        var (text, byte) = ([UInt8](), UInt8(0))
        while unsafe read(pipe, &byte, 1) == 1 { text.append(byte) }
        return String(decoding: text, as: UTF8.self)
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw Fault("pipe: errno \(errno)") }
        return (ends[0], ends[1])
    }

    /// Starts a program whose standard streams are these descriptors, and which inherits no other.
    private static func spawn(_ words: [String], _ streams: [Int32]) throws -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (number, stream) in streams.enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, stream, Int32(number))
        }
        // Another test's connection that stayed open there would never end for its peer.
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        for descriptor in open.compactMap({ Int32($0) }) where descriptor > 2 {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        let texts = unsafe words.map { unsafe strdup($0) } + [nil]
        let settings = unsafe [unsafe strdup("PYTHONUTF8=1"), nil]
        defer {
            for index in unsafe texts.indices { unsafe free(texts[index]) }
            for index in unsafe settings.indices { unsafe free(settings[index]) }
        }
        var id = pid_t()
        let result = unsafe posix_spawn(&id, words[0], &actions, nil, texts, settings)
        guard result == 0 else { throw Fault("posix_spawn: errno \(result)") }
        return id
    }
}
