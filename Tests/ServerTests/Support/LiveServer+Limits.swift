import OTPless
import TestSupport

extension LiveServer {
    static func prompt(_ digits: String) -> HTTPRequest {
        HTTPRequest("POST", "/api/auth/initiate", #"{"phoneNumber":"+\#(digits)"}"#)
    }

    /// Asks for a prompt to a phone.
    func prompt(_ digits: String) throws -> HTTPReply {
        try exchange(Self.prompt(digits), port: port)
    }

    /// Starts a login by a method.
    func login(by method: String, for digits: String? = nil) throws -> HTTPReply {
        let number = digits.map { #","phoneNumber":"+\#($0)""# } ?? ""
        return try call("POST", "/api/auth/initiate", #"{"method":"\#(method)"\#(number)}"#)
    }

    /// Lets what limits have counted be older than it is: all of it, or the oldest of each.
    func age(by time: Duration, oldest: Int = .max) throws {
        let file = try DatabaseFile(database)
        let rows = try file.text(
            "SELECT group_concat(subject || '=' || hex(times), ';') FROM limits")
        for row in rows.split(separator: ";") {
            let parts = row.split(separator: "=", omittingEmptySubsequences: false)
            var times = Array(parts[1]).chunks(of: 16).compactMap { Int64(String($0), radix: 16) }
            // The newest is the first.
            for index in times.indices.suffix(oldest) {
                times[index] -= Int64(time / .milliseconds(1))
            }
            let hex = times.map { time in
                let text = String(time, radix: 16)
                return String(repeating: "0", count: 16 - text.count) + text
            }
            try file.run(
                "UPDATE limits SET times = x'\(hex.joined())' WHERE subject = '\(parts[0])'")
        }
    }

    /// Runs another command of the program with the server's own settings, beside it.
    func command(_ arguments: String...) throws -> CommandRun {
        try CommandRun(arguments, environment)
    }
}

extension Array {
    fileprivate func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}

extension HTTPReply {
    /// 429 as the contract has it: with the same time to wait in the body and the header.
    func isLimited(within seconds: ClosedRange<Double>) -> Bool {
        guard let wait = json["error"]["retryAfter"].number else { return false }
        return isError(429, "RATE_LIMITED") && self["Retry-After"] == "\(Int(wait))"
            && seconds.contains(wait)
    }

    /// The whole reply, without what no two replies have in common.
    var withoutIDs: String {
        let volatile = ["sessionId", "code", "link", "expiresAt", "retryAfter"]
        func plain(_ value: JSON) -> String {
            guard case .object(let members) = value else { return "\(value)" }
            return members.sorted { $0.key < $1.key }.map { name, value in
                name + ":" + (volatile.contains(name) ? "" : plain(value))
            }.joined(separator: ",")
        }
        let names = headers.map { name, value in
            ["x-request-id", "date", "retry-after", "content-length"].contains(name.lowercased())
                ? name : "\(name): \(value)"
        }
        return "\(status) \(names) \(plain(json))"
    }
}

/// Texts that phones type, as Meta posts them.
enum Typed {
    static func text(_ text: String, by sender: String, context: String? = nil) -> [UInt8] {
        Webhook.message(
            Webhook.text(text), from: sender, context: context.map { "{\($0)}" } ?? "")
    }
}
