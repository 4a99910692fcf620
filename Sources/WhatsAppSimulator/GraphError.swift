import OTPless

/// An error as the Graph API writes it.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes.
struct GraphError: Error {
    let status: Int
    let code: Int
    let message: String
    let details: String

    static let badToken = GraphError(
        status: 401, code: 190, message: "Invalid OAuth access token - Cannot parse access token",
        details: "")

    static func unknownNumber(_ id: String) -> GraphError {
        GraphError(
            status: 400, code: 100,
            message: "Unsupported post request. Object with ID '\(id)' does not exist, cannot be "
                + "loaded due to missing permissions, or does not support this operation.",
            details: "")
    }

    static func invalidParameter(_ details: String) -> GraphError {
        GraphError(status: 400, code: 100, message: "(#100) Invalid parameter", details: details)
    }

    static func missingParameter(_ name: String) -> GraphError {
        GraphError(
            status: 400, code: 131_008, message: "(#131008) Required parameter is missing",
            details: "Parameter '\(name)' is missing")
    }

    static func badValue(_ details: String) -> GraphError {
        GraphError(
            status: 400, code: 131_009, message: "(#131009) Parameter value is not valid",
            details: details)
    }

    static let toOneself = GraphError(
        status: 400, code: 131_021, message: "(#131021) Recipient cannot be the sender",
        details: "Recipient cannot be the sender")

    static let noTemplate = GraphError(
        status: 404, code: 132_001,
        message: "(#132001) Template name does not exist in the translation",
        details: "template name does not exist")

    static let unsupportedType = GraphError(
        status: 400, code: 131_051, message: "(#131051) Unsupported message type",
        details: "Unsupported message type")

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
