import OTPless

/// An error as the Graph API writes it.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes.
struct GraphError: Error {
    /// Where a `failed` status says that the codes are explained.
    static let href =
        "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

    let status: Int
    let code: Int
    let title: String
    var details: String

    static let badToken = GraphError(code: 190)

    static func unknownNumber(_ id: String) -> GraphError {
        GraphError(
            status: 400, code: 100,
            title: "Unsupported post request. Object with ID '\(id)' does not exist, cannot be "
                + "loaded due to missing permissions, or does not support this operation.",
            details: "")
    }

    static func invalidParameter(_ details: String) -> GraphError { error(100, details) }

    static func missingParameter(_ name: String) -> GraphError {
        error(131_008, "Parameter '\(name)' is missing")
    }

    static func badValue(_ details: String) -> GraphError { error(131_009, details) }

    static let toOneself = GraphError(code: 131_021)

    static let unsupportedType = GraphError(code: 131_051)

    /// An error with details of its own.
    static func error(_ code: Int, _ details: String) -> GraphError {
        var error = GraphError(code: code)
        error.details = details
        return error
    }

    /// Meta puts the code before its words, except where the request did not get as far as WhatsApp.
    private var message: String {
        let isBare = code == 104 || code == 190 || title.hasPrefix("Unsupported")
        return isBare ? title : "(#\(code)) \(title)"
    }

    /// The body of an answer.
    func body(trace: String) -> [UInt8] {
        var writer = JSONWriter(asciiOnly: true)
        writer.object { writer in
            writer.object("error") { writer in
                writer.member("message", message)
                writer.member("type", "OAuthException")
                writer.member("code", code)
                if !details.isEmpty {
                    writer.object("error_data") { writer in
                        writer.member("messaging_product", "whatsapp")
                        writer.member("details", details)
                    }
                }
                writer.member("fbtrace_id", trace)
            }
        }
        return writer.bytes
    }
}
