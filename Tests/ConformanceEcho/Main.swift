import FoundationEssentials
import Glibc
import Loop
import Wire

/// The server that conformance suites are run against; not shipped.
///
/// usage: conformance-echo [--port PORT] [--tls-certificate FILE --tls-key FILE]
///     [--handshake|--head|--body|--idle|--write|--close SECONDS]
@main
enum Main {
    static func main() async throws {
        _ = signal(SIGPIPE, SIG_IGN)
        let flags = try Flags(Array(CommandLine.arguments.dropFirst()))
        let loops = try LoopGroup(count: 1)
        guard let address = SocketAddress("127.0.0.1:\(flags.port)") else { throw Flags.Fault() }
        var configuration = Server.Configuration(addresses: [address]) { status in
            Response(status: status, contentType: "text/plain; charset=utf-8")
        }
        configuration.times = flags.times
        configuration.webSocketBacklog = 2 * Echo.limit
        configuration.tls = try flags.tls()
        let server = try await Server(configuration, router: Echo.routes, on: loops.loops)
        for address in server.addresses { print("listening on \(address)") }
        fflush(nil)
        while true { try await Task.sleep(for: .seconds(3600)) }
    }
}

/// The command line.
struct Flags {
    struct Fault: Error {}

    private(set) var port: UInt16 = 0
    private(set) var times = TimeLimits()
    private var files: [String: String] = [:]

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let flag = rest.popFirst() {
            if flag == "--tls-certificate" || flag == "--tls-key" {
                files[flag] = rest.popFirst()
                continue
            }
            guard let number = rest.popFirst().flatMap({ Int($0) }), number >= 0 else {
                throw Fault()
            }
            let time = Duration.seconds(number)
            switch flag {
            case "--port": port = UInt16(clamping: number)
            case "--handshake": times.handshake = time
            case "--head": times.head = time
            case "--body": times.body = time
            case "--idle": times.idle = time
            case "--write": times.write = time
            case "--close": times.close = time
            default: throw Fault()
            }
        }
    }

    /// Both files make the server speak TLS.
    func tls() throws -> TLSContext? {
        guard !files.isEmpty else { return nil }
        let content = ["--tls-certificate", "--tls-key"].compactMap { files[$0] }
            .compactMap { FileManager.default.contents(atPath: $0).map(Array.init) }
        guard content.count == 2 else { throw Fault() }
        return try TLSContext(certificate: content[0], key: content[1])
    }
}
