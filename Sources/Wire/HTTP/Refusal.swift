/// Why a request is not read any further.
///
/// The connection answers `status` and closes: where the next request begins is not known.
public struct Refusal: Error, Sendable, Equatable {
    /// The rule that was broken; its name is fit for logs and metrics, it holds nothing of the input.
    public let reason: Reason

    /// The HTTP status of the reply.
    public var status: Int { reason.status }

    /// A refusal for this reason.
    public init(_ reason: Reason) { self.reason = reason }

    /// The rules of the parser, each with the section it comes from.
    public enum Reason: String, Sendable, CaseIterable {
        /// More empty lines before a request line than are skipped; RFC 9112 §2.2.
        case tooManyEmptyLines
        /// A bare CR or a bare LF; RFC 9112 §2.2.
        case badLineEnd
        /// Not a token, or longer than any method; RFC 9112 §3.1.
        case badMethod
        /// Empty, not of visible ASCII, or in a form the method does not have; RFC 9112 §3.2.
        case badTarget
        /// Not `HTTP/` digit `.` digit; RFC 9112 §2.3.
        case badVersion
        /// An obsolete line folding, or white space before the first field; RFC 9112 §2.2, §5.2.
        case foldedField
        /// White space between a field's name and its colon; RFC 9112 §5.1.
        case spaceBeforeColon
        /// Empty, not a token, or a line without a colon; RFC 9110 §5.1.
        case badFieldName
        /// A control character in a field's value; RFC 9110 §5.5.
        case badFieldValue
        /// A second Content-Type or Authorization; RFC 9110 §5.3.
        case repeatedField
        /// An HTTP/1.1 request without Host; RFC 9112 §3.2.
        case missingHost
        /// More than one Host; RFC 9112 §3.2.
        case repeatedHost
        /// An empty or malformed Host, or one that differs from the target's; RFC 9112 §3.2.
        case badHost
        /// Not one decimal number without sign and leading zeros; RFC 9110 §8.6.
        case badContentLength
        /// More than one Content-Length, equal or not; RFC 9112 §6.3.
        case repeatedContentLength
        /// Content-Length beside Transfer-Encoding; RFC 9112 §6.1.
        case lengthAndTransferEncoding
        /// Chunked not last, twice, with parameters, or in HTTP/1.0; RFC 9112 §6.1, §6.3, §7.
        case badTransferEncoding
        /// A malformed chunk size, extension or end of a chunk; RFC 9112 §7.1.
        case badChunk
        /// A chunk's line over the limit, or extensions over theirs; RFC 9112 §7.1.1.
        case chunkLineTooLong
        /// A field that frames, routes or authorises, in a trailer; RFC 9110 §6.5.1.
        case forbiddenTrailer
        /// The body is over the limit of its route; RFC 9110 §15.5.14.
        case bodyTooLarge
        /// The request line is over its limit; RFC 9112 §3.
        case requestLineTooLong
        /// An expectation other than 100-continue; RFC 9110 §10.1.1.
        case unknownExpectation
        /// The head is over its limit; RFC 6585 §5.
        case headTooLarge
        /// The trailer is over its limit; RFC 6585 §5.
        case trailerTooLarge
        /// More fields than are read; RFC 6585 §5.
        case tooManyFields
        /// CONNECT: this is no proxy; RFC 9110 §9.3.6.
        case connectNotSupported
        /// A transfer coding other than chunked; RFC 9112 §6.1.
        case unknownTransferCoding
        /// A major version other than 1; RFC 9110 §15.6.6.
        case versionNotSupported

        /// The HTTP status of the reply.
        public var status: Int {
            switch self {
            case .bodyTooLarge: 413
            case .requestLineTooLong: 414
            case .unknownExpectation: 417
            case .headTooLarge, .trailerTooLarge, .tooManyFields: 431
            case .connectNotSupported, .unknownTransferCoding: 501
            case .versionNotSupported: 505
            default: 400
            }
        }
    }
}
