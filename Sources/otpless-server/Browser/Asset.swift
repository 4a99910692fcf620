import OTPless
import Wire

/// Header fields of a reply, in order.
typealias HeaderFields = [(name: StaticString, value: String)]

/// What browsers are sent: bytes that stay the same while the server runs, with validators and in
/// the codings they take.
struct Asset: Sendable {
    /// 16 letters that stand for these bytes: files of one name with other bytes differ in them.
    let hash: String

    /// The reply in each coding, but for its body.
    private let heads: [ContentCoding: Response]
    private let identity: Response
    /// The replies in the other codings; nil for one that makes the bytes no shorter.
    private let forms: [ContentCoding: MadeOnce<Response?>]
    private let codings: [ContentCoding]

    /// Something to be sent.
    ///
    /// - Parameters:
    ///   - headers: Those of every reply, a 304 too, beside `ETag` and `Vary`.
    ///   - varies: Request fields that choose this asset among others.
    ///   - isCompressible: Images are compressed as they are.
    init(
        _ bytes: [UInt8], _ contentType: StaticString, headers: HeaderFields,
        varies: String? = nil, isCompressible: Bool = true
    ) {
        let hash = String(Base64URL.encode(Digest(of: bytes).bytes).prefix(16))
        self.hash = hash
        codings = isCompressible ? ContentCoding.allCases : [.identity]
        let vary = [isCompressible ? "Accept-Encoding" : nil, varies].compactMap { $0 }
        var shared = headers
        if !vary.isEmpty { shared.append(("Vary", vary.joined(separator: ", "))) }
        let heads = codings.reduce(into: [ContentCoding: Response]()) { heads, coding in
            heads[coding] = Self.head(coding, contentType, hash, shared)
        }
        self.heads = heads
        identity = heads[.identity]?.with(bytes) ?? Response(status: 200, body: bytes)
        forms = heads.filter { $0.key != .identity }.reduce(into: [:]) { forms, head in
            forms[head.key] = MadeOnce("compression") {
                Compression.encode(bytes, as: head.key).map(head.value.with)
            }
        }
    }

    private static func head(
        _ coding: ContentCoding, _ contentType: StaticString, _ hash: String,
        _ headers: HeaderFields
    ) -> Response {
        var response = Response(status: 200, contentType: contentType, headers: headers)
        response.headers.append(("ETag", tag(hash, coding)))
        if coding != .identity {
            response.headers.append(("Content-Encoding", coding.rawValue))
        }
        return response
    }

    /// Each coding is another representation, with a tag of its own (RFC 9110 §8.8.3.3).
    private static func tag(_ hash: String, _ coding: ContentCoding) -> String {
        coding == .identity ? "\"\(hash)\"" : "\"\(hash)-\(coding.rawValue)\""
    }

    /// Answers GET and HEAD.
    @Sendable func answer(_ request: Request) -> Reply {
        let coding = request.contentCoding(among: codings)
        if request.alreadyHas(Self.tag(hash, coding)), let head = heads[coding] {
            return .now(head.notModified)
        }
        guard let form = forms[coding] else { return .now(identity) }
        if let response = form.ready { return .now(response ?? identity) }
        return .later { [identity] _ in (await form.value() ?? nil) ?? identity }
    }
}

extension Response {
    fileprivate func with(_ body: [UInt8]) -> Response {
        var response = self
        response.body = body
        return response
    }

    /// What the 200 would say of caching, and nothing of the bytes (RFC 9110 §15.4.5).
    fileprivate var notModified: Response {
        Response(
            status: 304, headers: headers.filter { $0.name.description != "Content-Encoding" })
    }
}
