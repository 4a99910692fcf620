import Glibc
import Loop
import Metrics

/// What all connections of one loop share: the routes, the limits, and the buffers.
///
/// Kept by its loop like every source, and touched on the loop's thread alone.
final class Service: Source {
    let router: Router
    let refusals: Server.Refusals
    let crossOrigin: CrossOrigin?
    let times: TimeLimits
    let intervals: RequestIntervals
    let httpLimits: HTTPLimits
    let webSocketBacklog: Int
    let metrics: ServiceMetrics
    let admission: Admission
    /// Places for clients that are being told that there is none.
    let lobby = Admission(.lobby)
    /// When connections may be asked to give way again.
    var nextWay = Moment.now
    /// What connections that come from now on speak; nil: no TLS.
    var tls: TLSContext?

    /// Lent to the connection that reads; taken out while in use.
    var readBuffer = [UInt8](repeating: 0, count: 64 << 10)
    private(set) var isDraining = false
    private(set) var listeners: [Listener] = []
    private(set) var connections: Set<SourceID> = []
    private var dateText: (second: Int, text: [UInt8]) = (0, [])
    /// `1f3a9c-0000002b`: what tells processes and loops apart in a log, and a count; not a secret.
    private var requestID: [UInt8]

    init(
        configuration: Server.Configuration, router: Router, admission: Admission
    ) {
        self.router = router
        self.admission = admission
        refusals = configuration.refusals
        crossOrigin = configuration.crossOrigin
        times = configuration.times
        intervals = RequestIntervals(configuration.times)
        httpLimits = configuration.http
        webSocketBacklog = configuration.webSocketBacklog
        metrics = configuration.metrics.service(of: router)
        tls = configuration.tls
        let prefix = String(UInt32.random(in: 0x10_0000...0xFF_FFFF), radix: 16)
        requestID = Array("\(prefix)-00000000".utf8)
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    func listen(
        at address: SocketAddress, isFirst: Bool, on loop: isolated EventLoop
    ) throws(SystemError) -> SocketAddress {
        let socket = try Socket.listening(at: address, isFirst: isFirst)
        let listener = Listener(socket: socket, service: self)
        try listener.start(on: loop)
        listeners.append(listener)
        return socket.localAddress
    }

    func opened(_ id: SourceID) {
        connections.insert(id)
        metrics.connections[.http].add(1)
    }

    func closed(_ id: SourceID, from state: ConnectionState) {
        connections.remove(id)
        metrics.connections[state].add(-1)
    }

    func startDraining(on loop: isolated EventLoop) {
        isDraining = true
        for listener in listeners { listener.stop(on: loop) }
        for id in connections { (loop.source(id) as? Connection)?.drain(on: loop) }
    }

    /// A request id of 15 bytes, which Swift keeps without an allocation.
    func nextRequestID() -> String {
        for place in requestID.indices.suffix(8).reversed() {
            let digit = requestID[place]
            requestID[place] =
                switch digit {
                case UInt8(ascii: "9"): UInt8(ascii: "a")
                case UInt8(ascii: "f"): UInt8(ascii: "0")
                default: digit + 1
                }
            if digit != UInt8(ascii: "f") { break }
        }
        return String(decoding: requestID, as: UTF8.self)
    }

    /// The `Date` field (RFC 9110 §5.6.7), formatted once a second.
    func date() -> [UInt8] {
        let now = time(nil)
        if now != dateText.second { dateText = (now, Array(Self.format(now).utf8)) }
        return dateText.text
    }

    private static func format(_ seconds: Int) -> String {
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let time = CivilTime(unixSeconds: seconds)
        let clock = [time.hour, time.minute, time.second].map { $0.padded(to: 2) }
        return "\(days[time.weekday]), \(time.day.padded(to: 2)) \(months[time.month - 1]) "
            + "\(time.year.padded(to: 4)) \(clock.joined(separator: ":")) GMT"
    }
}
