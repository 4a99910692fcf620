import OTPless
import Wire

/// The JSON object that the page or a script posts.
struct PhoneFields {
    private let root: JSONValue

    init(_ request: Request) throws(Failure) {
        guard let document = try? JSONDocument(request.body), document.root.kind == .object else {
            throw Failure(.invalidJSON)
        }
        root = document.root
    }

    func required(_ name: String) throws(Failure) -> String {
        guard let text = text(name) else {
            throw Failure(.missingParameters, field: name, details: "\(name) is required")
        }
        return text
    }

    /// A text that is not empty.
    func text(_ name: String) -> String? {
        root[name]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }

    func flag(_ name: String) -> Bool { root[name]?.bool ?? false }

    /// A phone, by its digits.
    func phone(_ name: String) throws(Failure) -> String {
        guard let phone = PhoneNumber(waID: try required(name)) else {
            throw Failure(
                .invalidPhoneNumber, field: name, details: "\(name) must be a number's digits")
        }
        return phone.digits
    }
}

extension Response {
    /// A reply to the page or a script.
    init(_ envelope: Envelope) {
        self.init(
            status: envelope.status, contentType: "application/json; charset=utf-8",
            body: envelope.body)
    }
}
