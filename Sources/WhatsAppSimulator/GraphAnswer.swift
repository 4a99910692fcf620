import OTPless
import Wire

/// The Graph API's answers to a send.
struct GraphAnswer {
    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    /// The answer to a message that was in order.
    func answer(to message: OutboundMessage, _ id: String, _ fate: Fate) -> Response {
        var response = body(of: fate) ?? Self.json(status: 200, Self.acceptance(of: message, id))
        guard let fault = fate.fault else { return response }
        if let status = fault.status { response.status = status }
        if let seconds = fault.retryAfter {
            response.headers.append(("Retry-After", String(seconds)))
        }
        if let minutes = fault.regainAccess {
            response.headers.append(("X-Business-Use-Case-Usage", Self.usage(minutes)))
        }
        return response
    }

    /// The answer to a message that WhatsApp does not take.
    func error(_ error: GraphError) -> Response {
        let trace = Base64URL.encode(simulator.entropy.bytes(9))
        return Self.json(status: error.status, error.body(trace: trace))
    }

    /// The answer to a read mark.
    var readMark: Response { Self.json(status: 200, Array(#"{"success":true}"#.utf8)) }

    /// The answer that a fault asks for; nil: as if nothing were wrong.
    private func body(of fate: Fate) -> Response? {
        switch fate.fault?.answer {
        case .error(let code): error(GraphError(code: code))
        case .page:
            Response(
                status: 502, contentType: "text/html; charset=utf-8",
                body: Array("<!DOCTYPE html>\n<html><body>Sorry, something went wrong.".utf8))
        case .empty: Response(status: 200)
        case .failure, nil: nil
        }
    }

    private static func acceptance(of message: OutboundMessage, _ id: String) -> [UInt8] {
        var writer = JSONWriter(asciiOnly: true)
        writer.object { writer in
            writer.member("messaging_product", "whatsapp")
            writer.objects("contacts", [message]) { message, writer in
                writer.member("input", message.userID ?? "+" + message.recipient)
                if let userID = message.userID {
                    writer.member("user_id", userID)
                } else {
                    writer.member("wa_id", message.recipient)
                }
            }
            writer.objects("messages", [id]) { id, writer in
                writer.member("id", id)
                if message.content.isTemplate { writer.member("message_status", "accepted") }
            }
        }
        return writer.bytes
    }

    /// Source: developers.facebook.com/docs/graph-api/overview/rate-limiting, "Headers".
    private static func usage(_ minutes: Int) -> String {
        #"{"\#(MetaWebhook.accountID)":[{"type":"whatsapp","call_count":100,"#
            + #""total_cputime":25,"total_time":25,"estimated_time_to_regain_access":\#(minutes)}]}"#
    }

    private static func json(status: Int, _ body: [UInt8]) -> Response {
        Response(status: status, contentType: "application/json; charset=UTF-8", body: body)
    }
}
