extension Request {
    /// Makes a request of a whole head; the rules that look at more than one byte are applied here.
    static func parse(_ head: HeadReader) throws(Refusal) -> (Request, Framing) {
        let line = head.line
        let headers = Headers(bytes: head.bytes, untrimmed: head.lines.fields)
        let methodEnd = Int(line.methodEnd)
        let method = Method(String(decoding: head.bytes[..<methodEnd], as: UTF8.self))
        let (target, authority) = try RequestTarget.parse(
            head.bytes, (methodEnd + 1)..<Int(line.targetEnd), method: method)
        let framing = try Framing(
            headers, minorVersion: line.minorVersion, authority: authority)
        // RFC 9112 §9.3; for HTTP/1.0 see `keepAlive`.
        let closes =
            line.minorVersion == 0
            || (framing.hasConnection && headers.contains(token: "close", in: "connection"))
        let request = Request(
            method: method, target: target, headers: headers, minorVersion: line.minorVersion,
            keepAlive: !closes, expectsContinue: framing.expectsContinue)
        return (request, framing)
    }
}
