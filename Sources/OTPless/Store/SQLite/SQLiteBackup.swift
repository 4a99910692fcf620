/// A copy of a database file, made while a server may be using it.
///
/// All of it is read in one transaction. So what others commit meanwhile is not in the copy and does not
/// make it begin anew; and they do not wait for it: only their write-ahead log grows until it is done.
public enum SQLiteBackup {
    /// Why there is no copy.
    public enum Fault: Error {
        /// The database cannot be read.
        case source(StoreError)

        /// The file cannot be made, or what is in it is not fit.
        case target(String)

        /// It was told to stop.
        case stopped
    }

    /// Writes a database to a file, which must not be there; nothing is left of it when that fails.
    ///
    /// The copy is complete by itself, whatever version its schema is, and has been checked.
    ///
    /// - Parameter isStopped: Asked often; once it is true, the copy is given up.
    /// - Returns: How many bytes it has.
    public static func write(
        _ path: String, to target: String, isStopped: () -> Bool
    ) throws(Fault) -> Int {
        let source = try snapshot(of: path)
        let file: BackupFile
        do throws(BackupFile.Fault) { file = try BackupFile.make(target) } catch {
            throw .target(error.description)
        }
        try copy(source, to: file, isStopped)
        try check(file)
        if isStopped() { throw .stopped }
        do throws(BackupFile.Fault) { return try file.finish() } catch {
            throw .target(error.description)
        }
    }

    /// A connection that sees the database as it is now, until it is closed.
    private static func snapshot(of path: String) throws(Fault) -> SQLiteConnection {
        do {
            let connection = try SQLiteConnection.present(path)
            try connection.run("BEGIN")
            // The transaction begins with what it reads first.
            let version = try connection.first("PRAGMA user_version") { $0.integer(0) } ?? 0
            guard version > 0 else { throw StoreError.unavailable("there is no schema in it") }
            return connection
        } catch {
            throw .source(StoreError(opening: error))
        }
    }

    private static func copy(
        _ source: SQLiteConnection, to file: borrowing BackupFile, _ isStopped: () -> Bool
    ) throws(Fault) {
        do {
            let target = try SQLiteConnection(path: file.part, creates: false)
            // Half a copy is thrown away, whatever happens.
            try target.script("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")
            var pages = 0
            try source.copy(over: target, pages: batch) {
                if isStopped() { throw Fault.stopped }
                pages += batch
                // Little by little: a disk with much to write lets everybody's commits wait.
                if pages % 4096 == 0 { try file.flush() }
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .target("\(error)")
        }
    }

    private static let batch = 256

    /// Makes the copy a file that needs no other beside it, and looks through it.
    private static func check(_ file: borrowing BackupFile) throws(Fault) {
        do {
            let copy = try SQLiteConnection(path: file.part, creates: false)
            let mode = try copy.first("PRAGMA journal_mode = DELETE") { $0.text(0) }
            guard mode == "delete" else { throw SQLiteError.locked }
            let verdict = try copy.first("PRAGMA quick_check(1)") { $0.text(0) ?? "" }
            guard verdict == "ok" else {
                throw Fault.target(
                    "the copy is damaged, as the database must be: \(verdict ?? "")")
            }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw .target("the copy cannot be checked: \(error)")
        }
    }
}
