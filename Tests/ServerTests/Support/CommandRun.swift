import Foundation
import TestSupport

/// One run of the program to its end.
struct CommandRun {
    let end: ChildProcess.End
    let output: String
    let errors: String

    /// The lines of standard output.
    var lines: [String] { Self.lines(of: output) }

    /// The lines of standard error.
    var complaints: [String] { Self.lines(of: errors) }

    /// Runs the program; what it needs beside is in the folder, its own unless one is given.
    init(
        _ arguments: [String], _ settings: [String: String] = [:],
        in folder: TemporaryFolder? = nil
    ) throws {
        let folder = try folder ?? TemporaryFolder()
        let id = UUID().uuidString
        let process = try ChildProcess(
            arguments, environment: settings, output: "\(folder.path)/\(id).out",
            errors: "\(folder.path)/\(id).err")
        end = try process.waitForEnd()
        output = folder.read("\(id).out")
        errors = folder.read("\(id).err")
    }

    private static func lines(of text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }
}

extension TemporaryFolder {
    /// Writes a text, a file of settings unless it has another name; returns its path.
    func write(_ text: String, to name: String = "otpless.env", mode: Int = 0o600) throws -> String
    {
        try write(Array(text.utf8), to: name, mode: mode)
    }
}
