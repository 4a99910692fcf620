import CCurl
import CLinux
public import Loop

/// libcurl's multi interface, driven by one loop's readiness: no thread waits for an answer.
///
/// TLS is always verified, redirects are never followed; 5 s to connect.
/// Runs on: its loop.
@safe public final class HTTPClient: Source {
    private let multi: UnsafeMutableRawPointer
    private let note = CurlNote()
    private var id: SourceID?
    private var transfers: [UnsafeMutableRawPointer: Transfer] = unsafe [:]
    private var sockets: [Int32: SourceID] = [:]

    /// How many connections a loop may hold: a provider that hangs must not take all descriptors.
    private static let connections = 128

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// A client of a loop, which keeps it; use it by the id.
    ///
    /// - Throws: `CurlError` when libcurl cannot be started.
    public static func make(on loop: isolated EventLoop) throws(CurlError) -> SourceID {
        guard isReady, let multi = unsafe curl_multi_init() else {
            throw CurlError(CURLE_FAILED_INIT)
        }
        let client = unsafe HTTPClient(multi)
        let id = loop.add(client)
        client.id = id
        return id
    }

    private init(_ multi: UnsafeMutableRawPointer) {
        unsafe self.multi = multi
        unsafe ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, Self.connections)
        let context = unsafe Unmanaged.passUnretained(note).toOpaque()
        unsafe ccurl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, context)
        unsafe ccurl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, context)
        unsafe ccurl_multi_set_socket(multi) { _, socket, what, context, _ in
            guard let context = unsafe context else { return 0 }
            unsafe Unmanaged<CurlNote>.fromOpaque(context).takeUnretainedValue()
                .interests.append((socket, what))
            return 0
        }
        unsafe ccurl_multi_set_timer(multi) { _, milliseconds, context in
            guard let context = unsafe context else { return 0 }
            unsafe Unmanaged<CurlNote>.fromOpaque(context).takeUnretainedValue()
                .timeout = milliseconds
            return 0
        }
    }

    deinit {
        unsafe curl_multi_cleanup(multi)
    }

    /// Sends a request with a loop's client and waits for the answer without holding the loop.
    public static func send(
        _ request: OutgoingRequest, with client: SourceID, on loop: isolated EventLoop
    ) async -> Result<IncomingResponse, CurlError> {
        await withCheckedContinuation { continuation in
            let transfer = Transfer(request, continuation)
            guard let client = loop.source(client) as? HTTPClient else {
                return transfer.finish(CURLE_FAILED_INIT)
            }
            client.start(transfer, on: loop)
        }
    }

    private func start(_ transfer: Transfer, on loop: isolated EventLoop) {
        guard let easy = unsafe transfer.easy, unsafe curl_multi_add_handle(multi, easy) == CURLM_OK
        else { return transfer.finish(CURLE_FAILED_INIT) }
        unsafe transfers[easy] = transfer
        applyNote(on: loop)
    }

    /// The client itself has no descriptor: its sockets' are watched by `CurlSocket`.
    public func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    /// libcurl's own timer has run out.
    public func deadlinePassed(on loop: isolated EventLoop) {
        act(on: CURL_SOCKET_TIMEOUT, 0, loop)
    }

    fileprivate func act(on socket: Int32, _ events: Int32, _ loop: isolated EventLoop) {
        var running: Int32 = 0
        unsafe curl_multi_socket_action(multi, socket, events, &running)
        applyNote(on: loop)
        finishTransfers()
    }

    /// Does what libcurl asked for during its last call.
    private func applyNote(on loop: isolated EventLoop) {
        for (socket, what) in note.interests { watch(socket, what, on: loop) }
        note.interests.removeAll(keepingCapacity: true)
        if let timeout = note.timeout, let id {
            note.timeout = nil
            let deadline = Moment.now + .milliseconds(max(0, timeout))
            loop.setDeadline(timeout < 0 ? nil : deadline, of: id)
        }
    }

    private func watch(_ socket: Int32, _ what: Int32, on loop: isolated EventLoop) {
        if what == CURL_POLL_REMOVE {
            if let id = sockets.removeValue(forKey: socket) { loop.remove(id) }
            return
        }
        var interest: Readiness = []
        if what & CURL_POLL_IN != 0 { interest.insert(.readable) }
        if what & CURL_POLL_OUT != 0 { interest.insert(.writable) }
        if let id = sockets[socket] { return loop.setInterest(interest, of: id) }
        let source = CurlSocket(socket: socket, client: self)
        sockets[socket] = try? loop.add(source, descriptor: socket, interest: interest)
    }

    private func finishTransfers() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let easy = unsafe message.pointee.easy_handle
            else { continue }
            let result = unsafe ccurl_message_result(message)
            unsafe curl_multi_remove_handle(multi, easy)
            unsafe transfers.removeValue(forKey: easy)?.finish(result)
        }
    }
}

/// What libcurl asks for while one of its functions runs; done when it has returned.
private final class CurlNote {
    var interests: [(socket: Int32, what: Int32)] = []
    var timeout: Int?
}

/// One of libcurl's sockets.
private final class CurlSocket: Source {
    private let socket: Int32
    private unowned let client: HTTPClient

    init(socket: Int32, client: HTTPClient) {
        self.socket = socket
        self.client = client
    }

    func ready(_ readiness: Readiness, on loop: isolated EventLoop) {
        var events: Int32 = 0
        if readiness.contains(.readable) { events |= CURL_CSELECT_IN }
        if readiness.contains(.writable) { events |= CURL_CSELECT_OUT }
        if readiness.isBroken { events |= CURL_CSELECT_ERR }
        client.act(on: socket, events, loop)
    }
}
