/// What the Cloud API answered instead of taking a message.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes.
package struct CloudAPIError: CustomStringConvertible {
    private let status: Int
    /// Nil where the answer is no error of the Graph API, such as a proxy's page.
    private let code: Int64?
    private let trace: String
    private let retryAfter: Duration?

    /// How often a message is tried at most.
    private static let tries = 4

    /// The header field that says when the business may send again.
    static let usageHeader = "X-Business-Use-Case-Usage"

    /// Reads an error; bodies are not always JSON.
    package init(_ response: IncomingResponse) {
        status = response.status
        let error = (try? JSONDocument(response.body).root)?["error"]
        code = error?["code"]?.integer
        trace = error?["fbtrace_id"]?.string.flatMap(Self.trace) ?? ""
        retryAfter = response.retryAfter ?? Self.timeToRegainAccess(response)
    }

    /// `X-Business-Use-Case-Usage: {"<account>":[{"estimated_time_to_regain_access":<minutes>}]}`.
    private static func timeToRegainAccess(_ response: IncomingResponse) -> Duration? {
        guard let usage = response.header(usageHeader),
            let root = try? JSONDocument(Array(usage.utf8)).root
        else { return nil }
        let minutes =
            root.members.flatMap { $0.value.elements }
            .compactMap { $0["estimated_time_to_regain_access"]?.integer }.max() ?? 0
        return minutes > 0 ? .seconds(min(minutes, 1_000_000) * 60) : nil
    }

    /// What the log may say: nothing of the body but numbers and the trace id.
    package var description: String { "HTTP \(status)\(code.map { ", code \($0)" } ?? "")\(trace)" }

    /// What can be done about it.
    package var reason: SendFailure.Reason { SendFailure.Reason(code) }

    /// Whether the message may have been taken all the same: neither the API nor whoever is in front of
    /// it says that the request was refused.
    package var leavesOpen: Bool { code == nil && !(300..<500).contains(status) }

    /// How long to wait before the next try; nil when there should be none.
    ///
    /// The code decides, not the status: the same code comes with several.
    package func pause(afterTry tries: Int) -> Duration? {
        guard tries < Self.tries, let code else { return nil }
        switch code {
        // Unknown or temporary: service down, overloaded, in maintenance.
        case 1, 2, 131_000, 131_016, 131_057, 133_004:
            return max(retryAfter ?? .zero, .milliseconds(500) * (1 << (tries - 1)))
        // Too much at once, for the app, the account or the number.
        case 4, 80_007, 130_429:
            return max(retryAfter ?? .zero, .seconds(1) * (1 << (tries - 1)))
        // Too much to this person: one message in 6 s, then four times as long each.
        case 131_056:
            return max(retryAfter ?? .zero, .seconds(6) * (1 << (2 * (tries - 1))))
        default: return nil
        }
    }

    /// A trace id for the log, if it looks like one: whatever else came could be anything.
    private static func trace(_ text: String) -> String? {
        let isTrace =
            text.utf8.count <= 64
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) }
        return isTrace ? ", fbtrace_id \(text)" : nil
    }
}

extension SendFailure {
    /// What the Cloud API reports of a message that it had accepted.
    public init(cloudAPICode code: Int64?) {
        self.init(Reason(code), description: code.map { "code \($0)" } ?? "no code")
    }
}

extension SendFailure.Reason {
    fileprivate init(_ cloudAPICode: Int64?) {
        self = cloudAPICode == 131_047 ? .windowClosed : .other
    }
}
