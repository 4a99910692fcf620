import Foundation
import Loop

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

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private let errors = Pipe()
    private let end: AsyncStream<Int32>

    /// Starts a program of the folder `pywa`.
    init(_ interpreter: String, _ program: String, _ arguments: [String]) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        process.executableURL = URL(filePath: interpreter)
        process.arguments = ["-B", tests.appending(path: "pywa/\(program)").path] + arguments
        process.environment = ["PYTHONUTF8": "1"]
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        let (end, ending) = AsyncStream<Int32>.makeStream()
        self.end = end
        process.terminationHandler = { ending.yield($0.terminationStatus) }
        try process.run()
    }

    /// Waits for the first line that it prints.
    func line() async throws -> String {
        let pipe = output.fileHandleForReading.fileDescriptor
        let text = await withCheckedContinuation { continuation in
            let thread = try? Thread(name: "python") {
                continuation.resume(returning: Self.line(of: pipe))
            }
            if thread == nil { continuation.resume(returning: nil) }
        }
        guard let text else { throw Fault("Python said nothing: \(await waitForEnd().errors)") }
        return text
    }

    func say(_ line: String) { input.fileHandleForWriting.write(Data((line + "\n").utf8)) }

    /// Waits for its end and returns what it wrote to standard error.
    func waitForEnd() async -> (status: Int32?, errors: String) {
        let status = await end.first { _ in true }
        let text = errors.fileHandleForReading.readDataToEndOfFile()
        return (status, String(decoding: text, as: UTF8.self))
    }

    private static func line(of pipe: Int32) -> String? {
        var (line, byte) = ([UInt8](), UInt8(0))
        while unsafe read(pipe, &byte, 1) == 1 {
            guard byte != UInt8(ascii: "\n") else { return String(decoding: line, as: UTF8.self) }
            line.append(byte)
        }
        return nil
    }
}
