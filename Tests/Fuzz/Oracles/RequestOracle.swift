import Wire

extension Oracle {
    /// HTTP requests mean the same in whatever pieces they come, and the same when written again.
    package static let request = Oracle(name: "request") { bytes throws(OracleFault) in
        for (limits, bodyLimit) in profiles {
            let whole = RequestReading(bytes, cutAt: [], limits: limits, bodyLimit: bodyLimit)
            try require(whole.faults.isEmpty, "\(whole.faults)")
            for cuts in Cuts.some(of: bytes) {
                let cut = RequestReading(bytes, cutAt: cuts, limits: limits, bodyLimit: bodyLimit)
                try require(cut == whole, "cut at \(cuts): \(cut), not \(whole)")
            }
            for request in whole.requests { try judge(request, bodyLimit: bodyLimit) }
        }
    }

    /// The limits of the server, and such that short inputs come upon them.
    private static let profiles: [(HTTPLimits, bodyLimit: Int)] = [
        (HTTPLimits(), 65536),
        (
            HTTPLimits(
                maxRequestLine: 40, maxHead: 120, maxFields: 4, maxChunkLine: 8,
                maxChunkExtensions: 12, maxTrailer: 24, maxBody: 8),
            16
        ),
    ]

    private static func judge(_ read: ReadRequest, bodyLimit: Int) throws(OracleFault) {
        let request = read.request
        try require(request.body.count <= bodyLimit, "a body over its limit")
        try require(isVisible(request.target), "a target that is not of visible ASCII")
        try require(
            request.target.contains(request.path) || request.path == "/", "a path of its own")
        _ = request.queryItem("a")
        _ = WebSocketHandshake.check(
            method: request.method.text, minorVersion: request.minorVersion
        ) { request.headers.values(of: $0.description) }
        for (name, value) in request.headers {
            try require(!name.isEmpty && isVisible(name), "a field's name is no token")
            let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
            try require(isClean, "control characters in a field's value")
        }
        let hosts = request.headers.count(of: "host")
        try require(hosts == 1 || hosts == 0 && request.minorVersion == 0, "\(hosts) Host fields")
        try judgeCopy(of: read)
    }

    /// What was read, written anew, is read as the same request: nothing was read into it.
    private static func judgeCopy(of read: ReadRequest) throws(OracleFault) {
        let text = read.fields.reduce(
            "\(read.request.method) \(read.request.target) HTTP/1.\(read.request.minorVersion)\r\n"
        ) { $0 + $1 + "\r\n" }
        let isChunked = read.request.headers.count(of: "transfer-encoding") > 0
        let size = String(read.request.body.count, radix: 16)
        var copy = Array(text.utf8) + [0x0D, 0x0A]
        if isChunked, !read.request.body.isEmpty { copy += Array("\(size)\r\n".utf8) }
        copy += read.request.body
        if isChunked {
            copy += Array((read.body.isEmpty ? "" : "\r\n").utf8) + Array("0\r\n\r\n".utf8)
        }
        let limits = HTTPLimits(maxRequestLine: 1 << 20, maxHead: 1 << 20, maxBody: 1 << 20)
        let again = RequestReading(copy, cutAt: [], limits: limits)
        try require(
            again.requests.map(\.line) == [read.line]
                && again.requests.map(\.fields) == [read.fields]
                && again.requests.map(\.request.body) == [read.request.body] && again.isIdle,
            "written again it is \(again), not \(read)")
    }

    private static func isVisible(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
