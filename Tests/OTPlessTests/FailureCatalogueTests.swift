import OTPless
import Testing

struct FailureCatalogueTests {
    /// CONTRACT section 3, word for word.
    @Test(arguments: [
        (
            "MESSAGE_SEND_FAILED", 500, "Failed to send confirmation message",
            "Failed to send WhatsApp message"
        ),
        (
            "INVALID_REFRESH_TOKEN", 401, "Invalid or expired refresh token",
            "The provided refresh token is not valid or has expired"
        ),
        ("MISSING_USER_ID", 400, "Missing required parameter", "user_id is required for logout"),
        (
            "INVALID_TOKEN", 401, "Invalid or expired token",
            "The provided access token is not valid or has expired"
        ),
        (
            "MISSING_SESSION_ID", 400, "Session ID is required",
            "sessionId query parameter is required for WebSocket connection"
        ),
        (
            "USER_NOT_FOUND", 404, "The requested user could not be found",
            "No user exists with the provided ID"
        ),
        ("INVALID_NAME", 400, "Invalid name provided", "Name must be a non-empty string"),
        (
            "MISSING_AUTHORIZATION", 401, "Missing or invalid authorization header",
            "Authorization header with Bearer token is required"
        ),
        ("UNAUTHORIZED", 401, "Authentication required", "The proof given belongs to another user"),
        ("LOGOUT_FAILED", 500, "Logout operation failed", "Unable to complete logout process"),
        (
            "UPDATE_FAILED", 500, "Failed to update user",
            "An error occurred while updating user information"
        ),
    ])
    func `the published codes are word for word`(
        _ code: String, _ status: Int, _ message: String, _ details: String
    ) throws {
        let code = try #require(Failure.Code(rawValue: code))
        #expect(code.status == status)
        #expect(code.message == message)
        #expect(code.details == details)
    }

    @Test func `a missing parameter has the published status and message`() {
        #expect(Failure.Code.missingParameters.status == 400)
        #expect(Failure.Code.missingParameters.message == "Missing required parameters")
    }

    /// The statuses that the contract gives beside its table.
    @Test(arguments: [
        ("INVALID_JSON", 400), ("INVALID_PARAMETERS", 400), ("INVALID_PHONE_NUMBER", 400),
        ("INVALID_CODE_VERIFIER", 401), ("INVALID_SIGNATURE", 401), ("LOGIN_DENIED", 403),
        ("ORIGIN_NOT_ALLOWED", 403), ("VERIFICATION_FAILED", 403), ("NOT_FOUND", 404),
        ("SESSION_NOT_FOUND", 404), ("METHOD_NOT_ALLOWED", 405), ("NOT_CONFIRMED", 409),
        ("ALREADY_CONFIRMED", 409), ("SESSION_EXPIRED", 410), ("SESSION_CANCELLED", 410),
        ("PAYLOAD_TOO_LARGE", 413), ("UNSUPPORTED_MEDIA_TYPE", 415), ("UPGRADE_REQUIRED", 426),
        ("INTERNAL_ERROR", 500), ("MESSAGE_UNDELIVERABLE", 502), ("SERVICE_UNAVAILABLE", 503),
    ])
    func `the contract's other codes have their statuses`(_ code: String, _ status: Int) throws {
        #expect(try #require(Failure.Code(rawValue: code)).status == status)
    }

    @Test(arguments: Failure.Code.allCases)
    func `every code has a status and words of its own`(_ code: Failure.Code) {
        #expect(400..<600 ~= code.status)
        #expect(!code.message.isEmpty)
        #expect(!code.details.isEmpty)
        #expect(code.rawValue.allSatisfy { $0.isUppercase || $0 == "_" })
        // Whatever falls through the catalogue's tables would answer like an internal error.
        #expect(code == .internalError || code.message != Failure.Code.internalError.message)
    }

    @Test func `no two codes say the same`() {
        let codes = Failure.Code.allCases
        #expect(Set(codes.map { "\($0.status) \($0.message) \($0.details)" }).count == codes.count)
    }

    @Test(arguments: [
        (400, Failure.Code.badRequest), (404, .notFound), (405, .methodNotAllowed),
        (408, .requestTimeout), (411, .lengthRequired), (413, .payloadTooLarge), (414, .uriTooLong),
        (415, .unsupportedMediaType), (417, .expectationFailed), (426, .upgradeRequired),
        (431, .headersTooLarge), (500, .internalError), (501, .notImplemented),
        (503, .serviceUnavailable), (403, .originNotAllowed), (505, .versionNotSupported),
        (418, .internalError),
        (0, .internalError),
    ])
    func `a refusal below the router has the code of its status`(
        _ status: Int, _ code: Failure.Code
    ) {
        #expect(Failure.Code(refusal: status) == code)
        #expect(code == .internalError || code.status == status)
    }

    @Test func `only what may be tried again says when`() {
        #expect(Failure(.serviceUnavailable).retryAfter == 1)
        #expect(Failure(.serviceUnavailable, retryAfter: 7).retryAfter == 7)
        for code in Failure.Code.allCases where code.status != 503 {
            #expect(Failure(code).retryAfter == nil)
        }
    }
}
