import Foundation
import OTPless
import TestSupport
import Testing

/// A copy of a database that others write to at the same time.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct SQLiteBackupTests {
    /// A folder with a database that takes many steps to copy.
    private static func withDatabase(
        _ body: (TemporaryFolder, _ path: String) throws -> Void
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.file("otpless.db")
        try SQLiteStore(path: path).close()
        try RawDatabase.run(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 6000)
            INSERT INTO secrets (name, value) SELECT 'secret ' || n, randomblob(1000) FROM numbers
            """, on: path)
        try body(folder, path)
    }

    @Test func `what others commit meanwhile neither waits nor is copied nor begins it anew`()
        throws
    {
        try Self.withDatabase { folder, path in
            var steps = 0
            let size = try SQLiteBackup.write(
                path, to: folder.file("copy.db")
            ) {
                steps += 1
                // Without waiting: it would fail.
                #expect(throws: Never.self) {
                    try RawDatabase.run(
                        "UPDATE secrets SET value = x'00' WHERE name = 'secret \(steps)'", on: path)
                }
                return false
            }
            #expect(steps > 5 && steps <= size / 4096 / 256 + 2)
            let copy = folder.file("copy.db")
            let changed = "SELECT count(*) FROM secrets WHERE value = x'00'"
            #expect(try RawDatabase.count(changed, in: copy) == 0)
            #expect(try RawDatabase.count("SELECT count(*) FROM secrets", in: copy) == 6000)
            #expect(try RawDatabase.count(changed, in: path) == steps)
        }
    }

    @Test(arguments: [1, 3, 1000])
    func `a copy that is stopped leaves nothing`(step: Int) throws {
        try Self.withDatabase { folder, path in
            var steps = 0
            do throws(SQLiteBackup.Fault) {
                _ = try SQLiteBackup.write(
                    folder.file("otpless.db"), to: folder.file("copy.db")
                ) {
                    steps += 1
                    return steps == step
                }
                // It had ended before.
                #expect(step == 1000)
            } catch {
                guard case .stopped = error else { return #expect(Bool(false), "\(error)") }
                #expect(step < 1000)
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0.hasPrefix("copy") }
            #expect(names == (step == 1000 ? ["copy.db"] : []))
        }
    }

    @Test func `two copies do not write the same file`() throws {
        try Self.withDatabase { folder, path in
            var second: SQLiteBackup.Fault?
            let copy = folder.file("copy.db")
            _ = try SQLiteBackup.write(path, to: copy) {
                if second == nil {
                    do throws(SQLiteBackup.Fault) {
                        _ = try SQLiteBackup.write(path, to: copy) { false }
                    } catch {
                        second = error
                    }
                }
                return false
            }
            guard case .target("another backup is writing it") = second else {
                return #expect(Bool(false), "\(String(describing: second))")
            }
            #expect(try RawDatabase.count("SELECT count(*) FROM secrets", in: copy) == 6000)
        }
    }

    @Test func `a file that is no database of a server is not copied`() throws {
        let folder = try TemporaryFolder()
        for content in ["", "this is no database, and long enough to have a header of one"] {
            try folder.write(Array(content.utf8), to: "otpless.db")
            #expect(throws: SQLiteBackup.Fault.self) {
                try SQLiteBackup.write(folder.file("otpless.db"), to: folder.file("copy.db")) {
                    false
                }
            }
            #expect(!FileManager.default.fileExists(atPath: folder.file("copy.db")))
        }
    }
}
