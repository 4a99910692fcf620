extension Failure {
    /// The catalogue of error codes: the one place that gives each its status and its words.
    ///
    /// Source: the API contract; docs/errors.md lists them for clients.
    public enum Code: String, CaseIterable, Sendable {
        // The published ones, word for word.
        case messageSendFailed = "MESSAGE_SEND_FAILED"
        case invalidRefreshToken = "INVALID_REFRESH_TOKEN"
        case missingUserID = "MISSING_USER_ID"
        case invalidToken = "INVALID_TOKEN"
        case missingSessionID = "MISSING_SESSION_ID"
        case userNotFound = "USER_NOT_FOUND"
        case invalidName = "INVALID_NAME"
        case missingParameters = "MISSING_PARAMETERS"
        case missingAuthorization = "MISSING_AUTHORIZATION"
        case unauthorized = "UNAUTHORIZED"
        case logoutFailed = "LOGOUT_FAILED"
        case updateFailed = "UPDATE_FAILED"

        // Requests that do not reach a rule of the product.
        case badRequest = "BAD_REQUEST"
        case invalidJSON = "INVALID_JSON"
        case invalidParameters = "INVALID_PARAMETERS"
        case notFound = "NOT_FOUND"
        case methodNotAllowed = "METHOD_NOT_ALLOWED"
        case requestTimeout = "REQUEST_TIMEOUT"
        case lengthRequired = "LENGTH_REQUIRED"
        case payloadTooLarge = "PAYLOAD_TOO_LARGE"
        case uriTooLong = "URI_TOO_LONG"
        case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
        case expectationFailed = "EXPECTATION_FAILED"
        case rateLimited = "RATE_LIMITED"
        case upgradeRequired = "UPGRADE_REQUIRED"
        case headersTooLarge = "REQUEST_HEADER_FIELDS_TOO_LARGE"
        case internalError = "INTERNAL_ERROR"
        case notImplemented = "NOT_IMPLEMENTED"
        case serviceUnavailable = "SERVICE_UNAVAILABLE"
        case versionNotSupported = "HTTP_VERSION_NOT_SUPPORTED"

        // Logins.
        case invalidPhoneNumber = "INVALID_PHONE_NUMBER"
        case countryNotAllowed = "COUNTRY_NOT_ALLOWED"
        case phoneLocked = "PHONE_LOCKED"
        case originNotAllowed = "ORIGIN_NOT_ALLOWED"
        case sessionNotFound = "SESSION_NOT_FOUND"
        case sessionExpired = "SESSION_EXPIRED"
        case sessionCancelled = "SESSION_CANCELLED"
        case loginDenied = "LOGIN_DENIED"
        case messageUndeliverable = "MESSAGE_UNDELIVERABLE"
        case phoneNumberHidden = "PHONE_NUMBER_HIDDEN"
        case invalidCodeVerifier = "INVALID_CODE_VERIFIER"
        case notConfirmed = "NOT_CONFIRMED"
        case alreadyConfirmed = "ALREADY_CONFIRMED"
        case deviceNotFound = "DEVICE_NOT_FOUND"

        // Webhooks.
        case verificationFailed = "VERIFICATION_FAILED"
        case invalidSignature = "INVALID_SIGNATURE"
    }
}

extension Failure.Code {
    private typealias Entry = (status: Int, message: String, details: String)

    /// The HTTP status, which is also the envelope's `statusCode`.
    public var status: Int { entry.status }

    /// The envelope's `message`.
    public var message: String { entry.message }

    /// The envelope's `details` where nothing more precise is known.
    public var details: String { entry.details }

    private var entry: Entry {
        published ?? request ?? login
            ?? (500, "Internal server error", "An unexpected error occurred")
    }

    private var published: Entry? {
        switch self {
        case .messageSendFailed:
            (500, "Failed to send confirmation message", "Failed to send WhatsApp message")
        case .invalidRefreshToken:
            (
                401, "Invalid or expired refresh token",
                "The provided refresh token is not valid or has expired"
            )
        case .missingUserID:
            (400, "Missing required parameter", "user_id is required for logout")
        case .invalidToken:
            (
                401, "Invalid or expired token",
                "The provided access token is not valid or has expired"
            )
        case .missingSessionID:
            (
                400, "Session ID is required",
                "sessionId query parameter is required for WebSocket connection"
            )
        case .userNotFound:
            (404, "The requested user could not be found", "No user exists with the provided ID")
        case .invalidName:
            (400, "Invalid name provided", "Name must be a non-empty string")
        case .missingParameters:
            (400, "Missing required parameters", "A required parameter is missing")
        case .missingAuthorization:
            (
                401, "Missing or invalid authorization header",
                "Authorization header with Bearer token is required"
            )
        case .unauthorized:
            (401, "Authentication required", "The proof given belongs to another user")
        case .logoutFailed:
            (500, "Logout operation failed", "Unable to complete logout process")
        case .updateFailed:
            (500, "Failed to update user", "An error occurred while updating user information")
        default: nil
        }
    }

    private var request: Entry? {
        switch self {
        case .badRequest:
            (400, "Bad request", "The request is not valid HTTP")
        case .invalidJSON:
            (400, "Invalid JSON", "The request body must be a JSON object")
        case .invalidParameters:
            (400, "Invalid parameters", "A parameter has a value that is not allowed")
        case .notFound:
            (404, "Not found", "No resource exists at this path")
        case .methodNotAllowed:
            (405, "Method not allowed", "The Allow header lists the methods of this resource")
        case .requestTimeout:
            (408, "Request timeout", "The request did not arrive in time")
        case .lengthRequired:
            (411, "Length required", "The request body needs a length")
        case .payloadTooLarge:
            (413, "Payload too large", "The request body exceeds the limit of this resource")
        case .uriTooLong:
            (414, "URI too long", "The request target exceeds the limit")
        case .unsupportedMediaType:
            (415, "Unsupported media type", "Content-Type must be application/json")
        case .expectationFailed:
            (417, "Expectation failed", "The only expectation supported is 100-continue")
        case .upgradeRequired:
            (426, "Upgrade required", "This resource speaks WebSocket, version 13")
        case .rateLimited:
            (429, "Too many requests", "Too many requests were made, try again later")
        case .headersTooLarge:
            (431, "Request header fields too large", "The header fields exceed the limit")
        case .notImplemented:
            (501, "Not implemented", "The server does not support what the request asks for")
        case .serviceUnavailable:
            (503, "Service unavailable", "The service cannot answer right now, try again")
        case .versionNotSupported:
            (505, "HTTP version not supported", "The server speaks HTTP/1.1")
        default: nil
        }
    }

    private var login: Entry? {
        switch self {
        case .invalidPhoneNumber:
            (
                400, "Invalid phone number",
                "Phone number must start with + or 00 and have 7 to 15 digits"
            )
        case .countryNotAllowed:
            (403, "Country not allowed", "Numbers of this country cannot sign in here")
        case .phoneLocked:
            (
                403, "Phone locked",
                "Too many confirmations failed; the operator can unlock the phone"
            )
        case .originNotAllowed:
            (403, "Origin not allowed", "The page's origin may not use this service")
        case .sessionNotFound:
            (404, "Session not found", "No login exists with the provided session ID")
        case .sessionExpired:
            (410, "Session expired", "The login was not confirmed in time or is over")
        case .sessionCancelled:
            (410, "Session cancelled", "The login was cancelled")
        case .loginDenied:
            (403, "Login denied", "The login was declined in WhatsApp")
        case .messageUndeliverable:
            (502, "Message undeliverable", "The WhatsApp message could not be delivered")
        case .phoneNumberHidden:
            (422, "Phone number hidden", "WhatsApp did not show the number of the phone")
        case .invalidCodeVerifier:
            (401, "Invalid code verifier", "The code verifier is missing or does not match")
        case .notConfirmed:
            (409, "Login not confirmed", "The login has not been confirmed yet")
        case .alreadyConfirmed:
            (409, "Login already confirmed", "A confirmed login cannot be cancelled")
        case .deviceNotFound:
            (404, "Device not found", "No device of this account has the provided ID")
        case .verificationFailed:
            (403, "Verification failed", "The verify token does not match")
        case .invalidSignature:
            (401, "Invalid signature", "The webhook signature is missing or does not match")
        default: nil
        }
    }

    /// The code for a refusal made below the router, by its HTTP status.
    public init(refusal status: Int) {
        // A page of a foreign origin asks whether it may send a request.
        guard status != 403 else {
            self = .originNotAllowed
            return
        }
        let request = Self.allCases.first {
            $0.request?.status == status && $0 != .invalidJSON && $0 != .invalidParameters
        }
        self = request ?? .internalError
    }
}
