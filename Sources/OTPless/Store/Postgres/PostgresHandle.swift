import COpenSSL
import CPostgres
import Glibc
import Loop

/// libpq's connection: each of its functions is called here, and none that waits.
@safe final class PostgresHandle {
    /// What the socket must be ready for before libpq goes on connecting.
    enum Polling {
        case reading, writing, connected, failed
    }

    private let connection: OpaquePointer

    /// Begins to connect; nil when there is no memory.
    init?(_ arguments: [(keyword: String, value: String)]) {
        let keywords = CStrings(arguments.map(\.keyword))
        let values = CStrings(arguments.map(\.value))
        let started = unsafe withExtendedLifetime((keywords, values)) {
            unsafe PQconnectStartParams(keywords.pointers, values.pointers, 0)
        }
        guard let connection = unsafe started else { return nil }
        unsafe self.connection = connection
        // They would go to standard error, and may hold data.
        unsafe PQsetNoticeReceiver(connection, { _, _ in }, nil)
    }

    deinit {
        unsafe PQfinish(connection)
    }

    // MARK: Connecting

    /// Changes while libpq tries one address after the other.
    var socket: Int32 { unsafe PQsocket(connection) }

    var isBroken: Bool { unsafe PQstatus(connection) == CONNECTION_BAD }

    func poll() -> Polling {
        switch unsafe PQconnectPoll(connection) {
        case PGRES_POLLING_READING: .reading
        case PGRES_POLLING_OK: .connected
        case PGRES_POLLING_FAILED: .failed
        default: .writing
        }
    }

    /// Why connecting failed, in one line; never to be asked for a statement's error, which has data.
    var connectionError: String {
        let text = unsafe PQerrorMessage(connection).map { unsafe String(cString: $0) } ?? ""
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Makes a fresh connection one that never waits and takes statements before the last has answered.
    func enterPipeline() -> Bool {
        unsafe PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection) == 1
    }

    // MARK: Sending; each returns false when the connection cannot be used any more

    func sendPrepare(_ name: String, _ sql: String, types: [UInt32]) -> Bool {
        unsafe PQsendPrepare(connection, name, sql, Int32(types.count), types) == 1
    }

    func sendPrepared(_ name: String, _ values: PostgresValues) -> Bool {
        unsafe values.withPointers { pointers, lengths, formats in
            unsafe PQsendQueryPrepared(
                connection, name, Int32(values.count), pointers, lengths, formats, 1) == 1
        }
    }

    /// A statement that is not worth being prepared, without values.
    func sendOnce(_ sql: String) -> Bool {
        unsafe PQsendQueryParams(connection, sql, 0, nil, nil, nil, nil, 1) == 1
    }

    /// Asks the server to answer what it has done so far.
    func sendFlushRequest() -> Bool { unsafe PQsendFlushRequest(connection) == 1 }

    /// Ends a part of the pipeline: behind it, errors before it are forgotten.
    func sendSync() -> Bool { unsafe PQpipelineSync(connection) == 1 }

    /// Writes what the socket takes; true when there is more.
    func flush() -> Bool { unsafe PQflush(connection) == 1 }

    // MARK: Receiving

    /// Reads what has come; false when the connection is gone.
    func consumeInput() -> Bool {
        repeat {
            guard unsafe PQconsumeInput(connection) == 1 else { return false }
            // Of a large TLS record libpq takes a part, and the socket does not tell of the rest.
        } while hasBufferedRecord
        return true
    }

    private var hasBufferedRecord: Bool {
        guard let tls = unsafe PQsslStruct(connection, "OpenSSL") else { return false }
        return unsafe SSL_pending(OpaquePointer(tls)) > 0
    }

    /// Whether the next result has not come yet.
    var isBusy: Bool { unsafe PQisBusy(connection) == 1 }

    /// The next result; nil at the end of a statement's results.
    func nextResult() -> PostgresResult? {
        unsafe PQgetResult(connection).map { unsafe PostgresResult($0) }
    }

    /// The next notification that has come.
    func nextNotification() -> (channel: String, payload: String)? {
        guard let note = unsafe PQnotifies(connection) else { return nil }
        defer { unsafe PQfreemem(note) }
        return unsafe (
            String(cString: note.pointee.relname), String(cString: note.pointee.extra)
        )
    }

    /// The process that serves this connection, for tests.
    var backend: Int32 { unsafe PQbackendPID(connection) }
}

// MARK: Addresses

extension PostgresHandle {
    /// What a URL says, by libpq's keywords.
    static func parameters(of url: String) throws(StoreError) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        let options = unsafe PQconninfoParse(url, &message)
        defer { unsafe PQconninfoFree(options) }
        guard let options = unsafe options else {
            defer { unsafe PQfreemem(message) }
            let text = unsafe message.map { unsafe String(cString: $0) } ?? "out of memory"
            // Behind it stands a part of the URL, which may be of the password.
            let cause = text.prefix { $0 != "\"" && $0 != ":" && $0 != "\n" }
            throw .unavailable("the database's address cannot be read: \(cause)")
        }
        return unsafe values(of: options)
    }

    /// Where libpq looks when nobody says where.
    static func defaultPlace() -> [String: String] {
        let options = unsafe PQconndefaults()
        defer { unsafe PQconninfoFree(options) }
        guard let options = unsafe options else { return [:] }
        return unsafe values(of: options).filter { ["host", "hostaddr", "port"].contains($0.key) }
    }

    private static func values(
        of options: UnsafeMutablePointer<PQconninfoOption>
    ) -> [String: String] {
        var (values, next) = unsafe ([String: String](), options)
        while let keyword = unsafe next.pointee.keyword {
            if let value = unsafe next.pointee.val {
                unsafe values[String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe next += 1
        }
        return values
    }
}

/// Texts as C takes a list of them: pointers with a null behind the last.
@safe private final class CStrings {
    private let list: UnsafeMutableBufferPointer<UnsafePointer<CChar>?>

    init(_ texts: [String]) {
        unsafe list = .allocate(capacity: texts.count + 1)
        unsafe list.initialize(repeating: nil)
        for (index, text) in texts.enumerated() {
            unsafe list[index] = UnsafePointer(strdup(text))
        }
    }

    deinit {
        for index in unsafe list.indices {
            unsafe free(UnsafeMutablePointer(mutating: list[index]))
        }
        unsafe list.deallocate()
    }

    var pointers: UnsafePointer<UnsafePointer<CChar>?>? { unsafe UnsafePointer(list.baseAddress) }
}
