import CCurl

/// One request on its way: libcurl's easy handle, what it has answered, and whoever waits.
@safe final class Transfer {
    /// Nil when libcurl would not take the request.
    private(set) var easy: UnsafeMutableRawPointer?
    private var lines: UnsafeMutablePointer<curl_slist>?
    private let body: [UInt8]
    private var answer: [UInt8] = []
    /// Nil once the waiter has been told.
    private var continuation: CheckedContinuation<Result<IncomingResponse, CurlError>, Never>?

    private static let largestAnswer = 256 << 10
    private static let connectTimeout = 5000

    init(
        _ request: OutgoingRequest,
        _ continuation: CheckedContinuation<Result<IncomingResponse, CurlError>, Never>
    ) {
        self.continuation = continuation
        body = request.body
        unsafe easy = curl_easy_init()
        guard let handle = unsafe easy else { return }
        // libcurl adds `Expect: 100-continue` to larger bodies, which costs a round trip.
        for line in request.headers + ["Expect:"] { unsafe lines = curl_slist_append(lines, line) }
        unsafe setOptions(of: handle, request)
    }

    deinit {
        // The loop ended first.
        finish(CURLE_ABORTED_BY_CALLBACK)
        unsafe curl_easy_cleanup(easy)
        unsafe curl_slist_free_all(lines)
    }

    /// Tells the waiter how it went.
    func finish(_ result: CURLcode) {
        let continuation = continuation.take()
        guard result == CURLE_OK, let easy = unsafe easy else {
            continuation?.resume(returning: .failure(CurlError(code: result)))
            return
        }
        continuation?.resume(returning: .success(unsafe response(of: easy)))
    }

    private func response(of easy: UnsafeMutableRawPointer) -> IncomingResponse {
        var (status, seconds) = (0, curl_off_t(0))
        unsafe ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        unsafe ccurl_get_offset(easy, CURLINFO_RETRY_AFTER, &seconds)
        return IncomingResponse(
            status: status, body: answer, retryAfter: seconds > 0 ? .seconds(seconds) : nil,
            headers: unsafe headers(of: easy))
    }

    private func headers(of easy: UnsafeMutableRawPointer) -> [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        var next = unsafe curl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, nil)
        while let header = unsafe next {
            let (name, value) = unsafe (header.pointee.name, header.pointee.value)
            if let name = unsafe name, let value = unsafe value {
                headers.append(unsafe (String(cString: name), String(cString: value)))
            }
            unsafe next = curl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, header)
        }
        return headers
    }

    private func setOptions(of handle: UnsafeMutableRawPointer, _ request: OutgoingRequest) {
        // Plain http is for loopback alone; configuration refuses it elsewhere.
        let protocols = request.url.hasPrefix("https:") ? "https" : "http"
        // Zero would mean no limit.
        let timeout = Int(max(1, request.timeout.wholeMilliseconds))
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
        unsafe ccurl_set_long(handle, CURLOPT_TIMEOUT_MS, timeout)
        unsafe ccurl_set_long(handle, CURLOPT_POST, 1)
        unsafe ccurl_set_long(handle, CURLOPT_POSTFIELDSIZE, body.count)
        unsafe body.withUnsafeBytes {
            _ = unsafe ccurl_set_pointer(handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)
        }
        unsafe ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, lines)
        unsafe ccurl_set_pointer(
            handle, CURLOPT_WRITEDATA, Unmanaged.passUnretained(self).toOpaque())
        unsafe ccurl_set_write(handle) { bytes, size, count, context in
            guard let bytes = unsafe bytes, let context = unsafe context else { return 0 }
            let transfer = unsafe Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return unsafe transfer.receive(
                UnsafeRawBufferPointer(start: bytes, count: size * count))
        }
    }

    /// Takes part of the answer; fewer bytes taken than given ends the transfer.
    private func receive(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard answer.count + bytes.count <= Self.largestAnswer else { return 0 }
        unsafe answer.append(contentsOf: bytes)
        return bytes.count
    }
}
