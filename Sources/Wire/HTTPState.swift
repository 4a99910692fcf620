/// What a connection needs for HTTP alone: a WebSocket has let go of it, because thousands of pages wait.
final class HTTPState {
    var parser: RequestParser
    /// The request that an async handler is working on: nothing more is parsed until it has answered.
    var pending: Request?
    /// The client waits for `100 Continue` before it sends the body.
    var awaitsContinue = false
    /// No request has come yet: whoever connects is about to send one.
    var isFresh = true
    /// The client's own id of the request whose body is awaited, for a refusal of it.
    var requestID: String?
    /// Header lines for a refusal of it.
    var crossOrigin: [UInt8] = []

    init(limits: HTTPLimits) {
        parser = RequestParser(limits: limits)
    }
}
