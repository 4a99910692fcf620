import CCurl
public import Loop
import Metrics

/// libcurl's multi interface, driven by one loop's readiness: no thread waits for an answer.
///
/// TLS is always verified, redirects are never followed; 5 s to connect. What is too much at once waits
/// for its turn here and not in libcurl, whose timeouts run meanwhile: it would send what nobody waits
/// for any more.
/// Runs on: its loop.
@safe public final class HTTPClient: Source {
    private let multi: UnsafeMutableRawPointer
    private let limits: TransferLimits
    private let metrics: TransferMetrics
    private var transfers: [UnsafeMutableRawPointer: Transfer] = unsafe [:]
    /// Handles for reuse: making one costs as much as half a request.
    private var idle: [UnsafeMutableRawPointer] = unsafe []
    private var waiting = TransferQueue()
    let note = CurlNote()
    private(set) var id: SourceID?
    var sockets: [Int32: SourceID] = [:]

    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    /// A client of a loop, which keeps it; use it by the id.
    ///
    /// - Throws: `CurlError` when libcurl cannot be started.
    public static func make(
        on loop: isolated EventLoop, metrics: TransferMetrics = TransferMetrics()
    ) throws(CurlError) -> SourceID {
        try make(on: loop, limits: TransferLimits(), metrics: metrics)
    }

    package static func make(
        on loop: isolated EventLoop, limits: TransferLimits,
        metrics: TransferMetrics = TransferMetrics()
    ) throws(CurlError) -> SourceID {
        guard isReady, let multi = unsafe curl_multi_init() else {
            throw CurlError(CURLE_FAILED_INIT)
        }
        let client = unsafe HTTPClient(multi, limits, metrics)
        let id = loop.add(client)
        client.id = id
        return id
    }

    private init(
        _ multi: UnsafeMutableRawPointer, _ limits: TransferLimits, _ metrics: TransferMetrics
    ) {
        unsafe self.multi = multi
        self.limits = limits
        self.metrics = metrics
        // No transfer waits for one of them, for there are no more transfers; idle ones are closed.
        unsafe ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.atOnce)
        // By itself libcurl keeps four for each transfer under way, few when a burst is over.
        unsafe ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, limits.atOnce)
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
        while let handle = unsafe idle.popLast() { unsafe curl_easy_cleanup(handle) }
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
            client.enqueue(transfer, on: loop)
        }
    }

    private func enqueue(_ transfer: Transfer, on loop: isolated EventLoop) {
        let now = Moment.now
        waiting.append(transfer, at: now)
        moveUp(at: now)
        if waiting.count > limits.waiting { refuse(waiting.removeLast()) }
        metrics.waiting.add(waiting.count - metrics.waiting.value)
        applyNote(on: loop)
    }

    /// Begins what waits, as far as there is room, and refuses what has waited too long.
    ///
    /// It is enough to look whenever a request comes or a transfer ends: those in flight end within
    /// their timeouts, so that nobody waits for ever.
    private func moveUp(at now: Moment) {
        while let (transfer, since) = waiting.first {
            let isLate = since + limits.patience < now
            guard unsafe isLate || transfers.count < limits.atOnce else { return }
            waiting.removeFirst()
            if isLate { refuse(transfer) } else { begin(transfer, at: now) }
        }
    }

    private func refuse(_ transfer: Transfer?, _ error: CurlError = .tooManyWaiting) {
        metrics.results[.refused].add()
        transfer?.fail(error)
    }

    private func begin(_ transfer: Transfer, at now: Moment) {
        guard transfer.hasTime(at: now) else {
            return refuse(transfer, CurlError(CURLE_OPERATION_TIMEDOUT))
        }
        unsafe transfer.open(at: now, reusing: idle.popLast())
        guard let easy = unsafe transfer.easy, unsafe curl_multi_add_handle(multi, easy) == CURLM_OK
        else { return refuse(transfer, CurlError(CURLE_FAILED_INIT)) }
        metrics.inFlight.add(1)
        unsafe transfers[easy] = transfer
    }

    /// The client itself has no descriptor: its sockets' are watched by `CurlSocket`.
    public func ready(_ readiness: Readiness, on loop: isolated EventLoop) {}

    /// libcurl's own timer has run out.
    public func deadlinePassed(on loop: isolated EventLoop) {
        act(on: CURL_SOCKET_TIMEOUT, 0, loop)
    }

    func act(on socket: Int32, _ events: Int32, _ loop: isolated EventLoop) {
        var running: Int32 = 0
        unsafe curl_multi_socket_action(multi, socket, events, &running)
        finishTransfers()
        // Only now: libcurl's list of what has ended must be read to its end first.
        moveUp(at: .now)
        metrics.waiting.add(waiting.count - metrics.waiting.value)
        applyNote(on: loop)
    }

    private func finishTransfers() {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE,
                let easy = unsafe message.pointee.easy_handle
            else { continue }
            let result = unsafe ccurl_message_result(message)
            unsafe curl_multi_remove_handle(multi, easy)
            guard let transfer = unsafe transfers.removeValue(forKey: easy) else { continue }
            metrics.ended(result == CURLE_OK ? .answered : .failed, after: .now - transfer.openedAt)
            transfer.finish(result)
            if let handle = unsafe transfer.surrender() { unsafe idle.append(handle) }
        }
    }
}
