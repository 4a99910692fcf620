import Loop
import OTPless
import Wire

/// Answers `POST /api/auth/initiate`.
struct StartLogin {
    private let logins: Logins
    private let methods: Set<Login.Method>
    private let draining: Draining
    private let clients: ClientAddresses
    private let requiresChallenge: Bool
    private let codes = QRCodes()

    init(_ app: App, _ clients: ClientAddresses) {
        self.clients = clients
        requiresChallenge = app.config.requireCodeChallenge
        logins = app.logins
        methods = app.config.methods
        draining = app.draining
    }

    @Sendable func answer(
        _ request: Request, on loop: isolated EventLoop
    ) async throws(Failure) -> Envelope {
        let fields = try RequestFields(request)
        let attempt = try attempt(request, fields)
        let wantsQRCode = try fields.flag("qrCode") ?? false
        // Its page could not wait here, and its answer might come to nobody.
        guard !draining.hasBegun else {
            throw Failure(.serviceUnavailable, details: "The server is stopping, try again")
        }
        let started = try await logins.start(attempt, on: loop)
        let qrCode = wantsQRCode ? await qrCode(started.link) : nil
        return Envelope(200, Self.message(attempt.method)) { data in
            data.member("sessionId", started.session.text)
            data.member("expiresAt", started.expiresAt.seconds)
            data.member("method", attempt.method.name)
            if let number = started.matchNumber { data.member("matchNumber", number.text) }
            guard let link = started.link else { return }
            data.member("code", link.code)
            data.member("link", link.url)
            if let qrCode { data.member("qrCode", qrCode) }
        }
    }

    /// The link for another device's camera; nil for a prompt, and for a link that is too long.
    private func qrCode(_ link: Logins.Link?) async -> String? {
        guard let link else { return nil }
        return await codes.svg(of: link.url)
    }

    private static func message(_ method: Login.Method) -> String {
        method == .link ? "Login link created" : "Confirmation message sent successfully"
    }

    private func attempt(
        _ request: Request, _ fields: RequestFields
    ) throws(Failure) -> Logins.Attempt {
        let method = try method(fields)
        let number = try fields.string("phoneNumber")
        guard number != nil || method == .link else {
            throw Failure(
                .missingParameters, field: "phoneNumber", details: "phoneNumber is required")
        }
        let phone = number.map { PhoneNumber($0) }
        if let phone, phone == nil { throw Failure(.invalidPhoneNumber, field: "phoneNumber") }
        let name = try fields.value("name")
        let address = clients.address(of: request)
        return Logins.Attempt(
            method, phone: phone ?? nil, network: "\(address.client)",
            codeChallenge: try codeChallenge(fields),
            name: name == nil ? nil : try UserName.parse(name),
            device: try Self.device(request, fields, at: address))
    }

    private func method(_ fields: RequestFields) throws(Failure) -> Login.Method {
        let text = try fields.string("method") ?? "prompt"
        guard let method = methods.first(where: { $0.name == text }) else {
            let allowed = methods.map { "\"\($0.name)\"" }.sorted(by: >).joined(separator: " or ")
            throw Failure(
                .invalidParameters, field: "method", details: "method must be \(allowed)")
        }
        return method
    }

    private func codeChallenge(_ fields: RequestFields) throws(Failure) -> CodeChallenge? {
        guard let text = try fields.string("codeChallenge") else {
            guard !requiresChallenge else {
                throw Failure(
                    .missingParameters, field: "codeChallenge",
                    details: "codeChallenge is required")
            }
            return nil
        }
        guard let challenge = CodeChallenge(text) else {
            throw Failure(
                .invalidParameters, field: "codeChallenge",
                details: "codeChallenge must be the base64url of a SHA-256 (S256 of RFC 7636)")
        }
        return challenge
    }

    private static func device(
        _ request: Request, _ fields: RequestFields, at address: IPAddress
    ) throws(Failure) -> Login.Device {
        var device = Login.Device()
        // Scalars, here and below: a single Character may have thousands of them.
        device.userAgent = request.headers["user-agent"].map {
            String($0.unicodeScalars.prefix(256))
        }
        device.ip = "\(address)"
        device.type = try fields.string("deviceType")?.lowercased()
        device.notificationDeviceID = try fields.string("notificationDeviceId")
        device.locale = try fields.string("locale") ?? request.acceptedLanguages
        if let type = device.type, !["web", "ios", "android"].contains(type) {
            throw Failure(
                .invalidParameters, field: "deviceType",
                details: "deviceType must be web, ios or android")
        }
        if let id = device.notificationDeviceID, id.unicodeScalars.count > 256 {
            throw Failure(
                .invalidParameters, field: "notificationDeviceId",
                details: "notificationDeviceId must have at most 256 characters")
        }
        if let locale = try fields.string("locale"), !LanguageTag.isValid(locale) {
            throw Failure(
                .invalidParameters, field: "locale", details: "locale must be a BCP 47 language tag"
            )
        }
        return device
    }
}
