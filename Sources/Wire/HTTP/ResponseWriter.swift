import Loop

/// Appends one whole reply to a buffer, so that it leaves in one write.
enum ResponseWriter {
    /// What the connection knows about the exchange, beside the response.
    struct Exchange {
        var requestID: String
        var date: [UInt8]
        var keepsAlive: Bool
        /// HEAD: the head of the reply to GET, without its body (RFC 9110 §9.3.2).
        var omitsBody: Bool
        /// Whole header lines for pages of other origins.
        var crossOrigin: [UInt8] = []
    }

    /// More than almost all heads take, so that a reply is allocated once.
    private static let headCapacity = 384

    static func append(
        _ response: Response, _ exchange: Exchange, to out: inout [UInt8]
    ) {
        out.reserveCapacity(
            out.count + headCapacity + exchange.crossOrigin.count + response.body.count)
        appendStatusLine(response.status, to: &out)
        append(line: "Date: ", exchange.date, to: &out)
        append(line: "X-Request-Id: ", exchange.requestID.utf8, to: &out)
        append("X-Content-Type-Options: nosniff\r\n", to: &out)
        out.append(contentsOf: exchange.crossOrigin)
        if let contentType = response.contentType {
            append("Content-Type: ", to: &out)
            append(contentType, to: &out)
            append("\r\n", to: &out)
        }
        for (name, value) in response.headers {
            append(name, to: &out)
            append(line: ": ", value.utf8, to: &out)
        }
        if let upgrade = response.upgrade {
            append("Upgrade: websocket\r\nConnection: Upgrade\r\n", to: &out)
            append(line: "Sec-WebSocket-Accept: ", upgrade.accept.utf8, to: &out)
        } else {
            appendFraming(response, exchange, to: &out)
        }
        append("\r\n", to: &out)
        if !exchange.omitsBody { out.append(contentsOf: response.body) }
    }

    /// The interim reply to `Expect: 100-continue` (RFC 9110 §10.1.1).
    static func appendContinue(to out: inout [UInt8]) {
        append("HTTP/1.1 100 Continue\r\n\r\n", to: &out)
    }

    private static func appendFraming(
        _ response: Response, _ exchange: Exchange, to out: inout [UInt8]
    ) {
        // RFC 9110 §8.6: no Content-Length in a 204.
        if response.status != 204, response.status != 304 {
            append("Content-Length: ", to: &out)
            append(decimal: response.body.count, to: &out)
            append("\r\n", to: &out)
        }
        if !exchange.keepsAlive { append("Connection: close\r\n", to: &out) }
    }

    private static func appendStatusLine(_ status: Int, to out: inout [UInt8]) {
        append("HTTP/1.1 ", to: &out)
        append(decimal: status, to: &out)
        append(" ", to: &out)
        append(reason(status), to: &out)
        append("\r\n", to: &out)
    }

    private static func append(
        line name: StaticString, _ value: some Collection<UInt8>, to out: inout [UInt8]
    ) {
        append(name, to: &out)
        out.append(contentsOf: value)
        append("\r\n", to: &out)
    }

    private static func append(_ text: StaticString, to out: inout [UInt8]) {
        text.withUTF8Buffer { bytes in unsafe out.append(contentsOf: bytes) }
    }

    private static func append(decimal number: Int, to out: inout [UInt8]) {
        out.append(decimal: Int64(number))
    }

    // RFC 9110 §15: clients ignore the phrase; people who read a trace do not.
    private static func reason(_ status: Int) -> StaticString {
        switch status {
        case 101: "Switching Protocols"
        case 200: "OK"
        case 202: "Accepted"
        case 204: "No Content"
        case 302: "Found"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 410: "Gone"
        case 411: "Length Required"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
