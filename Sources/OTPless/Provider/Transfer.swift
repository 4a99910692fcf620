import CCurl
import Loop

/// One request on its way: libcurl's easy handle, what it has answered, and whoever waits.
@safe final class Transfer {
    /// Nil before `open`, and when libcurl would not take the request.
    private(set) var easy: UnsafeMutableRawPointer?
    private var lines: UnsafeMutablePointer<curl_slist>?
    private let request: OutgoingRequest
    private var answer: [UInt8] = []
    private var headerLength = 0
    private(set) var openedAt = Moment.never
    /// Nil once the waiter has been told.
    private var continuation: CheckedContinuation<Result<IncomingResponse, CurlError>, Never>?

    private static let largestAnswer = 256 << 10
    /// All header lines together: libcurl keeps each of them, and searches them one by one.
    private static let largestHeader = 64 << 10
    private static let connectTimeout = 5000
    private static let shortestTime = Duration.milliseconds(500)

    init(
        _ request: OutgoingRequest,
        _ continuation: CheckedContinuation<Result<IncomingResponse, CurlError>, Never>
    ) {
        self.continuation = continuation
        self.request = request
    }

    deinit {
        // The loop ended first.
        finish(CURLE_ABORTED_BY_CALLBACK)
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(lines)
    }

    /// Whether there is time for it: what is sent and then given up at once may arrive all the same.
    func hasTime(at now: Moment) -> Bool {
        request.deadline - now >= min(Self.shortestTime, request.timeout)
    }

    /// Sets a handle up, a used one or a new one; the timeout counts from here.
    func open(at now: Moment, reusing used: UnsafeMutableRawPointer?) {
        openedAt = now
        unsafe easy = used ?? curl_easy_init()
        guard let handle = unsafe easy else { return }
        // libcurl adds `Expect: 100-continue` to larger bodies, which costs a round trip.
        for line in request.headers + ["Expect:"] { unsafe lines = curl_slist_append(lines, line) }
        unsafe setOptions(of: handle)
        unsafe receiveAnswer(of: handle)
        unsafe keepFromRepeating(handle)
        // Zero would mean no limit.
        let timeout = max(1, min(request.timeout, request.deadline - now).wholeMilliseconds)
        unsafe ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(timeout))
    }

    /// Gives the handle away, ready for its next use.
    func surrender() -> UnsafeMutableRawPointer? {
        guard let handle = unsafe easy else { return nil }
        unsafe curl_easy_reset(handle)
        unsafe easy = nil
        return unsafe handle
    }

    /// Tells the waiter how it went.
    func finish(_ result: CURLcode) {
        guard result == CURLE_OK, let easy = unsafe easy else {
            var error = CurlError(result)
            error.mayHaveArrived = hasSent
            return fail(error)
        }
        continuation.take()?.resume(returning: .success(unsafe response(of: easy)))
    }

    /// Tells the waiter that there is no answer.
    func fail(_ error: CurlError) {
        continuation.take()?.resume(returning: .failure(error))
    }

    /// Whether anything of the request has left.
    private var hasSent: Bool {
        guard let easy = unsafe easy else { return false }
        var bytes = 0
        unsafe ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &bytes)
        return bytes > 0
    }

    /// Where a connection that was open turns out to be dead, libcurl sends the request once more over
    /// another one; but the request may have arrived over the first.
    private func keepFromRepeating(_ handle: UnsafeMutableRawPointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_set_pointer(handle, CURLOPT_PREREQDATA, context)
        unsafe ccurl_set_prereq(handle) { context, _, _, _, _ in
            guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.hasSent ? CURL_PREREQFUNC_ABORT : CURL_PREREQFUNC_OK
        }
    }

    private func response(of easy: UnsafeMutableRawPointer) -> IncomingResponse {
        var (status, seconds) = (0, curl_off_t(0))
        unsafe ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        unsafe ccurl_get_offset(easy, CURLINFO_RETRY_AFTER, &seconds)
        let isSuccess = (200..<300).contains(status)
        return IncomingResponse(
            status: status, body: answer, retryAfter: seconds > 0 ? .seconds(seconds) : nil,
            headers: isSuccess ? [] : unsafe refusalHeaders(of: easy))
    }

    private func refusalHeaders(
        of easy: UnsafeMutableRawPointer
    ) -> [(name: String, value: String)] {
        request.refusalHeaders.compactMap { name in
            var header: UnsafeMutablePointer<curl_header>?
            // The first of that name, in the answer to the last request.
            let result = unsafe curl_easy_header(easy, name, 0, UInt32(CURLH_HEADER), -1, &header)
            guard result == CURLHE_OK, let value = unsafe header?.pointee.value else { return nil }
            return (name, unsafe String(cString: value))
        }
    }

    private func setOptions(of handle: UnsafeMutableRawPointer) {
        // Plain http is for loopback alone; configuration refuses it elsewhere.
        let protocols = request.url.hasPrefix("https:") ? "https" : "http"
        unsafe ccurl_set_string(handle, CURLOPT_URL, request.url)
        unsafe ccurl_set_string(handle, CURLOPT_PROTOCOLS_STR, protocols)
        unsafe ccurl_set_string(handle, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1")
        unsafe ccurl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        unsafe ccurl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        unsafe ccurl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1)
        unsafe ccurl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2)
        unsafe ccurl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        // Rather share a connection that is being opened than open one more. Not without TLS, whose
        // handshake tells HTTP/2: there a transfer would wait for the answer to another one.
        unsafe ccurl_set_long(handle, CURLOPT_PIPEWAIT, protocols == "https" ? 1 : 0)
        unsafe ccurl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, Self.connectTimeout)
        unsafe ccurl_set_long(handle, CURLOPT_POST, 1)
        unsafe ccurl_set_long(handle, CURLOPT_POSTFIELDSIZE, request.body.count)
        unsafe request.body.withUnsafeBytes {
            _ = unsafe ccurl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)
        }
        unsafe ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, lines)
    }

    private func receiveAnswer(of handle: UnsafeMutableRawPointer) {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe ccurl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        unsafe ccurl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        unsafe ccurl_set_header(handle) { _, size, count, context in
            guard let context = unsafe context else { return 0 }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return transfer.count(header: size * count)
        }
        unsafe ccurl_set_write(handle) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return unsafe transfer.receive(
                UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    /// Counts a header line; fewer bytes taken than given ends the transfer.
    private func count(header length: Int) -> Int {
        headerLength += length
        return headerLength <= Self.largestHeader ? length : 0
    }

    /// Takes part of the answer; fewer bytes taken than given ends the transfer.
    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard answer.count + bytes.count <= Self.largestAnswer else { return 0 }
        unsafe answer.append(contentsOf: bytes)
        return bytes.count
    }
}

extension CurlError {
    /// libcurl's own word for it.
    init(_ code: CURLcode) {
        description = unsafe "curl: \(String(cString: curl_easy_strerror(code)))"
    }
}
