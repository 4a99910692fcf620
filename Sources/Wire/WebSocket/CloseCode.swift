/// The status codes of a close frame that this server sends or judges.
///
/// Source: RFC 6455 section 7.4.1; the codes 4000 to 4999 belong to the application.
public enum CloseCode {
    /// The purpose of the connection is fulfilled.
    public static let normal: UInt16 = 1000
    /// The server shuts down, or the page goes elsewhere.
    public static let goingAway: UInt16 = 1001
    /// The peer broke the protocol.
    public static let protocolError: UInt16 = 1002
    /// The peer sent a kind of data that is not taken here.
    public static let unsupportedData: UInt16 = 1003
    /// A text that is not UTF-8.
    public static let invalidData: UInt16 = 1007
    /// A message over the limit.
    public static let tooBig: UInt16 = 1009
    /// Something failed on the server's side.
    public static let internalError: UInt16 = 1011

    /// Whether a peer may send the code: 1004 to 1006 and 1015 never stand in a frame, the rest
    /// below 3000 is not assigned by RFC 6455 section 7.4.
    package static func isValid(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1011, 3000...4999: true
        default: false
        }
    }
}
