/// What a request failed with, as the client hears it.
///
/// Holds nothing secret: a failure may be logged and sent as it is.
public struct Failure: Error, Hashable, Sendable {
    /// A fault of one field of the request.
    public struct Field: Hashable, Sendable {
        /// The field's name as the contract writes it, such as `phoneNumber`.
        public let field: String

        /// What kind of fault it is.
        public let code: Code

        /// A sentence for people.
        public let message: String
    }

    /// The entry of the catalogue.
    public let code: Code

    /// A sentence that says more than the code's message.
    public let details: String

    /// The fields at fault, if any are.
    public let fields: [Field]

    /// Seconds after which a retry makes sense: for 429 and 503.
    public let retryAfter: Int?

    /// A failure with the code's own details unless others are given.
    public init(
        _ code: Code, details: String? = nil, fields: [Field] = [], retryAfter: Int? = nil
    ) {
        self.code = code
        self.details = details ?? code.details
        self.fields = fields
        self.retryAfter = retryAfter ?? (code.status == 503 ? 1 : nil)
    }

    /// A failure caused by one field.
    public init(_ code: Code, field: String, details: String? = nil) {
        let details = details ?? code.details
        self.init(
            code, details: details, fields: [Field(field: field, code: code, message: details)])
    }
}
