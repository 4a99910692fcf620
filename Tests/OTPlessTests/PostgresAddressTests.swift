import Glibc
import Loop
import OTPless
import TestSupport
import Testing

/// What is made of a URL, and of a server that is not as it should be; most need no PostgreSQL.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct PostgresAddressTests {
    @Test(arguments: [
        "app:hunt/er2@h/db", "app:hunt@er2@h/db", "app:/hunter2@h/db", "app:@hunter2@h/db",
        "app:hunt/er2@h:1/db", "h?user=app&password=hunt@er2",
    ])
    func `a password that is not encoded is refused, and never shown`(address: String) {
        let error = #expect(throws: StoreError.self) {
            try PostgresAddress("postgres://\(address)")
        }
        #expect(error?.description.contains("percent-encode") == true)
    }

    @Test(arguments: [
        ("me:s3cret%21@db.example:5433/logins?sslmode=verify-full", nil),
        ("me@db.example/logins", nil),
        (
            "me:s3?cret:x@a:5433,b:5434/logins?sslrootcert=/ca.pem&target_session_attrs=read-write",
            nil
        ),
        ("me:s3cret@[::1]:5433/logins", nil),
        (
            "me@/logins?host=/var/run/postgresql&password=s3cret&port=5433",
            "me@/logins?host=/var/run/postgresql&port=5433"
        ),
        (
            "db.example/logins?user=me&pass%77ord=s3cret&sslpassword=s3cret",
            "db.example/logins?user=me"
        ),
    ])
    func `a description is the address without the password`(rest: String, shown: String?) throws {
        let place = rest.split(separator: "@", maxSplits: 1).last.map { "me@\($0)" }
        let description = try PostgresAddress("postgres://" + rest).description
        #expect(description == "postgres://" + (shown ?? place ?? ""))
        #expect(!description.contains("s3"))
    }

    @Test(arguments: [
        "mysql://me:s3cret@db/logins", "host=db password=s3cret",
        "postgres://me:s3cret%zz@db/logins",
        "postgres://me:s3cret@db/logins?colour=s3cret",
        "postgres://me:s3cret@db/logins?service=x", "postgres://me:s3cret@[::1/logins", "",
    ])
    func `a wrong address is refused, and its text is not repeated`(_ url: String) {
        let error = #expect(throws: StoreError.self) { try PostgresAddress(url) }
        #expect(error.map { "\($0)".contains("s3cret") } == false)
    }

    @Test func `a name without an address fails`() async throws {
        try await withPools(1, PostgresLimits(), "postgres://me:s3cret@none.invalid/x") { rig in
            let error = await #expect(throws: StoreError.self) {
                try await rig.read { session async throws(StoreError) in
                    try await session.rows("SELECT 1", []).count
                }
            }
            #expect(error?.description == "store: the database's host has no address")
        }
    }

    @Test func `a server that accepts and never answers is given up in time`() async throws {
        let mute = Loopback.makeSocket()
        defer { close(mute) }
        #expect(Loopback.bind(mute, to: 0) && listen(mute, 8) == 0)
        var limits = PostgresLimits()
        limits.opening = .milliseconds(200)
        let url = "postgres://me:s3cret@127.0.0.1:\(Self.port(of: mute))/x"
        try await withPools(1, limits, url) { rig in
            let begin = ContinuousClock.now
            for _ in 1...3 {
                let error = await #expect(throws: StoreError.self) {
                    try await rig.read { session async throws(StoreError) in
                        try await session.rows("SELECT 1", []).count
                    }
                }
                #expect(error?.description == "store: the database did not answer in time")
            }
            // The later ones fail at once.
            #expect(ContinuousClock.now - begin < .seconds(5))
        }
    }

    @Test func `a server without TLS is refused where the address asks for it`() async throws {
        let server = Loopback.makeSocket()
        defer { close(server) }
        #expect(Loopback.bind(server, to: 0) && listen(server, 8) == 0)
        let thread = try Thread(name: "refuses-tls") {
            let peer = accept(server, nil, nil)
            var request = [UInt8](repeating: 0, count: 8)
            _ = unsafe recv(peer, &request, 8, Int32(MSG_WAITALL))
            _ = unsafe send(peer, "N", 1, 0)
            // Nothing more may come: neither a user's name nor a password.
            #expect(unsafe recv(peer, &request, 8, 0) == 0)
            close(peer)
        }
        let url = "postgres://me:s3cret@127.0.0.1:\(Self.port(of: server))/x?sslmode=require"
        try await withPools(1, PostgresLimits(), url) { rig in
            let error = await #expect(throws: StoreError.self) {
                try await rig.read { session async throws(StoreError) in
                    try await session.rows("SELECT 1", []).count
                }
            }
            #expect(error?.description.contains("server does not support SSL") == true)
        }
        thread.join()
    }

    @Test(.postgres) func `a wrong password is told without it`() async throws {
        let server = try #require(TestPostgres.server)
        let parts = server.split(separator: "@")
        try await withPools(
            1, PostgresLimits(), "postgres://otpless:wr0ng@\(try #require(parts.last))"
        ) { rig in
            let error = await #expect(throws: StoreError.self) {
                try await rig.read { session async throws(StoreError) in
                    try await session.rows("SELECT 1", []).count
                }
            }
            #expect(error?.description.contains("password authentication failed") == true)
            #expect(error?.description.contains("wr0ng") == false)
        }
    }

    @Test(
        .postgres,
        .enabled(if: TestPostgres.variable("OTPLESS_TEST_POSTGRES_CERTIFICATE") != nil),
        arguments: ["require", "verify-full"])
    func `TLS is used where the address asks for it`(_ mode: String) async throws {
        let certificate = try #require(
            TestPostgres.variable("OTPLESS_TEST_POSTGRES_CERTIFICATE"))
        let wish = mode == "require" ? mode : "\(mode)&sslrootcert=\(certificate)"
        try await withPostgres(changing: ("sslmode=disable", "sslmode=\(wish)")) { rig in
            let (isOn, long) = try await rig.read {
                session async throws(StoreError) -> (Int64, Int) in
                let row = try await session.rows(
                    """
                    SELECT ssl, repeat('x', 100000) FROM pg_stat_ssl WHERE pid = pg_backend_pid()
                    """, [])[0]
                return (row.integer(0), row.text(1)?.utf8.count ?? 0)
            }
            #expect(isOn == 1 && long == 100_000)
        }
    }

    @Test(.postgres) func `a unix socket is an address as well`() async throws {
        let folder = try #require(TestPostgres.variable("OTPLESS_TEST_POSTGRES_SOCKET"))
        let server = try #require(TestPostgres.server)
        let url = server.replacing("127.0.0.1", with: folder.replacing("/", with: "%2F"))
        try await withPools(1, PostgresLimits(), url) { rig in
            let isLocal = try await rig.read { session async throws(StoreError) -> Bool in
                try await session.rows("SELECT inet_client_addr()", [])[0].isNull(0)
            }
            #expect(isLocal)
        }
    }

    @Test(.postgres) func `a host's name is looked up, and our time limits hold`() async throws {
        try await withPostgres(changing: ("127.0.0.1", "localhost")) { rig in
            let limit = try await rig.read { session async throws(StoreError) -> String? in
                try await session.rows("SELECT current_setting('statement_timeout')", [])[0].text(0)
            }
            #expect(limit == "5s")
        }
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(descriptor, $0, &size)
            }
        }
        return UInt16(bigEndian: address.sin_port)
    }
}
