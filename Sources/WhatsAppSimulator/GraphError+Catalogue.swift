extension GraphError {
    private typealias Entry = (status: Int, title: String, details: String)

    /// Meta's error of a code, with its own status and words; an unknown code is a 400.
    ///
    /// The same codes stand in answers to sends and, after a 200, in `failed` statuses.
    /// Source: developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes;
    /// the statuses are those seen most, Meta does not promise any.
    init(code: Int, status: Int? = nil) {
        let known = Self.catalogue[code]
        self.init(
            status: status ?? known?.status ?? 400, code: code,
            title: known?.title ?? "Error \(code)", details: known?.details ?? "")
    }

    private static let catalogue: [Int: Entry] =
        authorization.merging(limits) { $1 }.merging(requests) { $1 }.merging(delivery) { $1 }
        .merging(templates) { $1 }.merging(service) { $1 }

    private static let authorization: [Int: Entry] = [
        0: (401, "AuthException", "We were unable to authenticate the app user."),
        3: (500, "API Method", "Capability or permissions issue."),
        10: (403, "Permission Denied", "Permission is either not granted or has been removed."),
        104: (401, "An access token is required to request this resource.", ""),
        190: (401, "Invalid OAuth access token - Cannot parse access token", ""),
        200: (403, "API Permission", "Permission is either not granted or has been removed."),
        131_005: (403, "Access denied", "Permission is either not granted or has been removed."),
    ]

    private static let limits: [Int: Entry] = [
        4: (400, "Application request limit reached", ""),
        80_007: (400, "Rate limit issues", "The WhatsApp Business Account reached its rate limit."),
        130_429: (
            429, "Rate limit hit", "Cloud API message throughput has been reached."
        ),
        131_048: (400, "Spam rate limit hit", "Too many messages from this number were blocked."),
        131_056: (
            400, "(Business Account, Consumer Account) pair rate limit hit",
            "Too many messages sent from this phone number to the same phone number"
        ),
        131_064: (400, "Messages limited", "The number may not send messages of this kind now."),
        133_016: (400, "Account register or deregister rate limit exceeded", ""),
    ]

    private static let requests: [Int: Entry] = [
        100: (400, "Invalid parameter", ""),
        131_008: (400, "Required parameter is missing", ""),
        131_009: (400, "Parameter value is not valid", ""),
        131_021: (400, "Recipient cannot be the sender", "Recipient cannot be the sender"),
        131_051: (400, "Unsupported message type", "Unsupported message type"),
        131_062: (400, "Recipient is not allowed for this message", ""),
        135_000: (400, "Generic user error", "Something is wrong with the request's parameters."),
        137_000: (400, "Identity key hash does not match", ""),
    ]

    private static let delivery: [Int: Entry] = [
        130_472: (400, "User's number is part of an experiment", ""),
        130_497: (403, "Business account is restricted from messaging users in this country.", ""),
        131_026: (400, "Message undeliverable", "Message Undeliverable."),
        131_030: (
            400, "Recipient phone number not in allowed list",
            "Recipient phone number not in allowed list: Add recipient phone number to recipient "
                + "list and try again."
        ),
        131_047: (
            400, "Re-engagement message",
            "Message failed to send because more than 24 hours have passed since the customer last "
                + "replied to this number."
        ),
        131_049: (
            400, "This message was not delivered to maintain healthy ecosystem engagement.", ""
        ),
        131_050: (400, "The recipient has stopped marketing messages from your business.", ""),
        131_053: (400, "Media upload error", ""),
    ]

    private static let templates: [Int: Entry] = [
        132_000: (400, "Number of parameters does not match the expected number of params", ""),
        132_001: (404, "Template name does not exist in the translation", ""),
        132_005: (400, "Translated text too long", ""),
        132_007: (400, "Template format character policy violated", ""),
        132_008: (400, "Parameter value format is not valid", ""),
        132_012: (400, "Parameter format does not match format in the created template", ""),
        132_015: (400, "Template is paused", "Template is paused due to low quality."),
        132_016: (400, "Template is disabled", "Template has been paused too many times."),
        132_018: (400, "There's an issue with the parameters in your template", ""),
        132_068: (400, "Flow is blocked", ""),
        132_069: (400, "Flow is throttled", ""),
    ]

    private static let service: [Int: Entry] = [
        1: (500, "An unknown error occurred", ""),
        2: (503, "Service temporarily unavailable", ""),
        368: (403, "Temporarily blocked for policies violations", ""),
        130_403: (403, "The business has blocked this user", ""),
        131_000: (500, "Something went wrong", "Message failed to send due to an unknown error."),
        131_016: (500, "Service unavailable", "A service is temporarily unavailable."),
        131_031: (403, "Business Account locked", ""),
        131_037: (400, "Display name approval is needed before messages can be sent", ""),
        131_042: (400, "Business eligibility payment issue", ""),
        131_045: (500, "Incorrect certificate", ""),
        131_057: (500, "Account in maintenance mode", ""),
        133_004: (503, "Server Temporarily Unavailable", ""),
        133_010: (400, "Phone number not registered", ""),
    ]
}
