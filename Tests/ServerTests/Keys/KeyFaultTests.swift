import Foundation
import TestSupport
import Testing

/// What is wrong with a folder of keys is told before anything is served.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct KeyFaultTests {
    private static func settings(
        _ folder: TemporaryFolder, _ keys: String, _ changes: [String: String] = [:]
    ) -> [String: String] {
        CommandTests.settings(folder).merging([
            "OTPLESS_JWT_ALGORITHM": "ES256", "OTPLESS_JWT_SECRET": "", "OTPLESS_JWT_KEYS": keys,
        ]) { $1 }.merging(changes) { $1 }
    }

    /// Every complaint begins as it should, and there is no other.
    private func expect(
        _ command: String, _ settings: [String: String], _ complaints: [String],
        _ place: SourceLocation = #_sourceLocation
    ) throws {
        let run = try CommandRun([command], settings)
        #expect(run.end == .exited(78), sourceLocation: place)
        #expect(run.complaints.count == complaints.count, "\(run.errors)", sourceLocation: place)
        for (told, expected) in zip(run.complaints, complaints) {
            #expect(told.hasPrefix(expected), sourceLocation: place)
        }
    }

    @Test(arguments: ["check-config", "serve"])
    func `faults of the folder are told with its setting`(command: String) throws {
        let folder = try TemporaryFolder()
        let name = "OTPLESS_JWT_KEYS: \(folder.path)"
        try folder.write([], to: "file")
        try expect(
            command, Self.settings(folder, folder.file("none")),
            ["\(name)/none: there is no such folder"])
        try expect(
            command, Self.settings(folder, folder.file("file")), ["\(name)/file: is not a folder"])
        let keys = try TemporaryFolder()
        try keys.write(Array("for people".utf8), to: "README")
        try expect(
            command, Self.settings(folder, keys.path),
            ["OTPLESS_JWT_KEYS: \(keys.path) has no file whose name ends with .pem"])
        let open = try TestKey(.p256)
        try keys.write(open.publicPEM, to: "1.pem")
        try expect(
            command, Self.settings(folder, keys.path),
            ["OTPLESS_JWT_KEYS: \(keys.path) has public keys only"])
        try keys.write(open.pem, to: "2.pem")
        try expect(
            command, Self.settings(folder, keys.path),
            ["OTPLESS_JWT_KEYS: \(keys.path): 1.pem and 2.pem are the same key"])
    }

    @Test(arguments: ["check-config", "serve"])
    func `faults of all files are told at once`(command: String) throws {
        let (folder, keys) = (try TemporaryFolder(), try TemporaryFolder())
        let key = try TestKey(.p256)
        try keys.write(key.pem, to: "good.pem")
        try keys.write(try TestKey(.ed25519).pem, to: "a.pem")
        try keys.write(try TestKey(.p384).pem, to: "b.pem")
        try keys.write(key.encryptedPEM(passphrase: "hidden"), to: "c.pem")
        try keys.write([], to: "d.pem")
        try keys.write([UInt8](repeating: 10, count: 70_000), to: "e.pem")
        try keys.write(try TestKey(.p256).pem, to: "f g\n.pem")
        try keys.write(try TestKey(.p256).pem, to: ".h.pem")
        try FileManager.default.createSymbolicLink(
            atPath: keys.file("i.pem"), withDestinationPath: keys.file("gone"))
        try FileManager.default.createDirectory(
            atPath: keys.file("j.pem"), withIntermediateDirectories: false)
        let path = "OTPLESS_JWT_KEYS: \(keys.path)"
        try expect(
            command, Self.settings(folder, keys.path),
            [
                "\(path) has \".h.pem\": a key's name is of",
                "\(path)/a.pem is not a key of the curve",
                "\(path)/b.pem is not a key of the curve", "\(path)/c.pem is encrypted",
                "\(path)/d.pem has no key in PEM", "\(path)/e.pem has more than 65536 bytes",
                "\(path) has \"f g\\n.pem\": a key's name is of",
                "\(path)/i.pem: there is no such file",
                "\(path)/j.pem: is not a regular file",
            ])
    }

    @Test(arguments: ["check-config", "serve"])
    func `what is missing or has no effect with an algorithm is a fault`(command: String) throws {
        let (folder, keys) = (try TemporaryFolder(), try TemporaryFolder())
        try keys.write(try TestKey(.p256).pem, to: "1.pem")
        let secret = LiveServer.jwtSecret
        let cases: [([String: String], [String])] = [
            (["OTPLESS_JWT_KEYS": ""], ["OTPLESS_JWT_KEYS: is required for ES256"]),
            (
                ["OTPLESS_JWT_SECRET": secret],
                ["OTPLESS_JWT_SECRET: has no effect with ES256"]
            ),
            (
                ["OTPLESS_JWT_ALGORITHM": "EdDSA"],
                ["OTPLESS_JWT_KEYS: \(keys.path)/1.pem is not an Ed25519 key"]
            ),
            (
                ["OTPLESS_JWT_ALGORITHM": "HS256"],
                [
                    "OTPLESS_JWT_SECRET: is required for HS256",
                    "OTPLESS_JWT_KEYS: has no effect with HS256",
                ]
            ),
            (
                ["OTPLESS_JWT_ALGORITHM": "", "OTPLESS_JWT_SECRET": secret],
                ["OTPLESS_JWT_KEYS: has no effect with HS256"]
            ),
            (
                ["OTPLESS_JWT_ALGORITHM": "es256"],
                ["OTPLESS_JWT_ALGORITHM: must be HS256, ES256 or EdDSA"]
            ),
        ]
        for (changes, complaints) in cases {
            try expect(command, Self.settings(folder, keys.path, changes), complaints)
        }
    }

    @Test func `a private key that others may read is warned of, a public one is not`() throws {
        let (folder, keys) = (try TemporaryFolder(), try TemporaryFolder())
        try keys.write(try TestKey(.p256).pem, to: "1.pem", mode: 0o644)
        try keys.write(try TestKey(.p256).pem, to: "2.pem", mode: 0o640)
        try keys.write(try TestKey(.p256).publicPEM, to: "3.pem", mode: 0o644)
        // What Kubernetes puts beside its secrets, and editors beside theirs.
        try FileManager.default.createDirectory(
            atPath: keys.file("..data"), withIntermediateDirectories: false)
        try keys.write([1], to: ".2.pem.swp")
        let run = try CommandRun(["check-config"], Self.settings(folder, keys.path))
        #expect(run.end == .exited(0))
        let warnings = run.complaints.filter { $0.contains("OTPLESS_JWT_KEYS") }
        #expect(
            warnings == [
                "warning: OTPLESS_JWT_KEYS: others may read 1.pem; chmod 640 it, or 600"
            ])
    }

    @Test func `more keys than anybody needs are refused`() throws {
        let (folder, keys) = (try TemporaryFolder(), try TemporaryFolder())
        for number in 0..<33 { try keys.write([], to: "\(number).pem") }
        try expect(
            "check-config", Self.settings(folder, keys.path),
            ["OTPLESS_JWT_KEYS: \(keys.path) has more than 32 keys"])
    }
}
