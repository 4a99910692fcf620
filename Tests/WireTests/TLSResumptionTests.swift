import Loop
import TestSupport
import Testing
import Wire

/// Session tickets, and certificates that change under way.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct TLSResumptionTests {
    private static let versions = [TLSClient.Version.tls12, .tls13]

    /// A client that has asked something: only then a ticket of TLS 1.3 has come.
    private func client(
        _ server: Server, _ version: TLSClient.Version, _ session: TLSClient.Resumption? = nil
    ) throws -> TLSClient {
        let client = try TLSClient(
            port: server.port,
            .with {
                $0.version = version
                $0.resuming = session
            })
        #expect(try client.ask("GET", "/now?a").status == 200)
        return client
    }

    @Test(arguments: versions)
    func `a session is resumed on whatever loop`(version: TLSClient.Version) async throws {
        try await withTLSServer(loops: 3) { server, _ in
            var last = try client(server, version)
            #expect(!last.isResumed)
            for _ in 0..<12 {
                last = try client(server, version, last.resumption)
                #expect(last.isResumed)
            }
        }
    }

    @Test(arguments: versions)
    func `a session is resumed after the certificate was renewed`(version: TLSClient.Version)
        async throws
    {
        try await withTLSServer(loops: 2) { server, context in
            let first = try client(server, version)
            await server.renew(try context.renewed(try TestCertificate()))
            let second = try client(server, version, first.resumption)
            #expect(second.isResumed)
            #expect(try client(server, version, second.resumption).isResumed)
        }
    }

    @Test(arguments: versions)
    func `a ticket of a server before is answered with a whole handshake`(
        version: TLSClient.Version
    ) async throws {
        try await withTLSServer { former, _ in
            let session = try client(former, version).resumption
            try await withTLSServer { server, _ in
                let second = try client(server, version, session)
                #expect(!second.isResumed)
            }
        }
    }

    @Test func `a renewed certificate is for new connections, and the others go on`() async throws {
        let (old, new) = (try TestCertificate(), try TestCertificate())
        try await withTLSServer(old, loops: 2) { server, context in
            let page = try TLSClient(port: server.port)
            #expect(try page.upgrade() == 101)
            #expect(page.fingerprint == old.fingerprint)
            let idle = try client(server, .tls13)
            await server.renew(try context.renewed(new))
            for _ in 0..<8 {
                #expect(try TLSClient(port: server.port).fingerprint == new.fingerprint)
            }
            try page.send(.text("still here"))
            #expect(try page.frame() == .text("still here"))
            #expect(try idle.ask("GET", "/now?b").status == 200)
        }
    }
}

/// The keys of tickets, by a clock of the test's own.
struct TicketKeyTests {
    private let start = Moment(nanoseconds: 1_000_000_000)

    @Test func `a key seals for its term and opens for two`() throws {
        var keys = TicketKeys()
        let sealed = keys.sealing(at: start)
        let first = try #require(sealed)
        let again = keys.sealing(at: start + (TicketKeys.term - .seconds(1)))
        #expect(again == first)
        let next = keys.sealing(at: start + TicketKeys.term)
        let second = try #require(next)
        #expect(second.name != first.name)

        let late = start + (TicketKeys.term * 2 - .seconds(1))
        let old = keys.opening(first.name, at: late)
        #expect(old.0 == first)
        #expect(old.isOld, "the client gets a new ticket")
        let new = keys.opening(second.name, at: late)
        #expect(new.0 == second)
        #expect(!new.isOld)
        let gone = keys.opening(first.name, at: late + .seconds(1))
        #expect(gone.0 == nil)
    }

    @Test func `a key that nobody used for long opens nothing more`() throws {
        var keys = TicketKeys()
        let sealed = keys.sealing(at: start)
        let first = try #require(sealed)
        let later = start + .seconds(30 * 86_400)
        let unused = keys.opening(first.name, at: later)
        #expect(unused.0 == nil)
        let next = keys.sealing(at: later)
        #expect(next?.name != first.name)
        let replaced = keys.opening(first.name, at: later)
        #expect(replaced.0 == nil)
    }

    @Test func `a name that no key has is not opened`() {
        var keys = TicketKeys()
        _ = keys.sealing(at: start)
        #expect(keys.opening([UInt8](repeating: 0, count: 16), at: start).0 == nil)
        #expect(keys.opening([], at: start).0 == nil)
    }
}
