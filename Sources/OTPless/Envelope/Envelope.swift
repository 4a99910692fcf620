/// The one shape of every JSON reply and every WebSocket frame.
///
/// Shape: `{"status":"success","statusCode":200,"message":"…","data":{…}}` or
/// `{"status":"error","statusCode":400,"error":{"code":"…","message":"…","details":"…"}}`;
/// a frame has `event` first.
public struct Envelope: Sendable {
    /// The HTTP status, equal to `statusCode` in the body.
    public let status: Int

    /// The JSON, UTF-8.
    public let body: [UInt8]

    /// Seconds for the `Retry-After` header.
    public let retryAfter: Int?

    /// A success with its data.
    public init(
        _ status: Int = 200, _ message: String, event: String? = nil,
        data: (inout JSONWriter) -> Void = { _ in }
    ) {
        var writer = JSONWriter(reserving: 512)
        writer.object { writer in
            if let event { writer.member("event", event) }
            writer.member("status", "success")
            writer.member("statusCode", status)
            writer.member("message", message)
            writer.member("data") { $0.object(data) }
        }
        self.status = status
        body = writer.bytes
        retryAfter = nil
    }

    /// An error.
    public init(_ failure: Failure, event: String? = nil) {
        var writer = JSONWriter()
        writer.object { writer in
            if let event { writer.member("event", event) }
            writer.member("status", "error")
            writer.member("statusCode", failure.code.status)
            writer.member("error") { $0.object { Self.write(failure, to: &$0) } }
        }
        status = failure.code.status
        body = writer.bytes
        retryAfter = failure.retryAfter
    }

    private static func write(_ failure: Failure, to writer: inout JSONWriter) {
        writer.member("code", failure.code.rawValue)
        writer.member("message", failure.code.message)
        writer.member("details", failure.details)
        if let seconds = failure.retryAfter { writer.member("retryAfter", seconds) }
        guard !failure.fields.isEmpty else { return }
        writer.member("fields") { writer in
            writer.array { writer in
                for field in failure.fields {
                    writer.object { writer in
                        writer.member("field", field.field)
                        writer.member("code", field.code.rawValue)
                        writer.member("message", field.message)
                    }
                }
            }
        }
    }
}
