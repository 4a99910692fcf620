import Loop
import TestSupport
import Wire

/// Runs a server that speaks TLS, as `withServer` does.
func withTLSServer(
    _ certificate: TestCertificate? = nil, loops count: Int = 1, times: TimeLimits = TimeLimits(),
    places: Int = .max, routes: (inout Router) -> Void = { $0.forTLS() },
    _ body: (Server, TLSContext) async throws -> Void
) async throws {
    let loops = try LoopGroup(count: count)
    var router = Router()
    routes(&router)
    let context = try TLSContext(try certificate ?? TestCertificate())
    var configuration = Server.Configuration(addresses: [try loopback()], refusals: refused)
    configuration.times = times
    configuration.tls = context
    configuration.connections.total = places
    let server = try await Server(configuration, router: router, on: loops.loops)
    try await body(server, context)
    await server.drain(within: .milliseconds(100))
    loops.stop()
}

extension TLSContext {
    convenience init(_ certificate: TestCertificate) throws(TLSFault) {
        try self.init(certificate: certificate.pem, key: certificate.keyPEM)
    }

    func renewed(_ certificate: TestCertificate) throws(TLSFault) -> TLSContext {
        try renewed(certificate: certificate.pem, key: certificate.keyPEM)
    }
}

extension Router {
    /// What the tests of TLS ask for.
    mutating func forTLS() {
        on(.get, "/now") { .now(.text($0.query ?? "")) }
        on(.post, "/echo", bodyLimit: 8 << 20) { .now(Response(status: 200, body: $0.body)) }
        on(.get, "/big") { _ in .now(Response(status: 200, body: .pattern(3 << 20))) }
        onEcho()
    }
}

/// What `pattern` repeats, made once: a debug build takes a while for it.
///
/// Of a prime length: no record or buffer is a multiple of it.
private let patternBlock = (0..<65_521).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }

extension [UInt8] {
    /// Bytes among which a lost or a doubled one shows.
    static func pattern(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count { bytes += patternBlock.prefix(count - bytes.count) }
        return bytes
    }
}
