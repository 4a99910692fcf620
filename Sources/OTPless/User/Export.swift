/// All that is kept of a person, as one JSON document; no token, secret or hash of one is in it.
public struct Export: Sendable {
    /// The accounts in it.
    public let users: [UserID]

    /// The document.
    public let json: [UInt8]

    /// Reads it in an open transaction; nil when there is nothing.
    init?(
        of name: AccountName, at now: Timestamp, in db: Transaction
    ) async throws(StoreError) {
        var parts: [ExportedAccount] = []
        for account in try await Rows.accounts(named: name, in: db) {
            parts.append(try await ExportedAccount(account, in: db))
        }
        var phones: Set<PhoneNumber> = []
        if case .phone(let phone) = name { phones = Set(phone.variants) }
        for part in parts where !part.account.isDetached {
            phones.formUnion(part.account.user.phone.variants)
            phones.formUnion(part.logins.compactMap { PhoneNumber(waID: $0.waID ?? "") })
        }
        let number = try await ExportedNumber(
            phones, besides: Set(parts.flatMap(\.logins).map(\.id)), in: db)
        guard !parts.isEmpty || !number.isEmpty else { return nil }
        users = parts.map(\.account.user.id)
        var writer = JSONWriter(reserving: 4096)
        writer.object { writer in
            writer.member("exportedAt", now.seconds)
            writer.objects("accounts", parts) { $0.write(to: &$1) }
            number.write(to: &writer)
        }
        json = writer.bytes
    }
}

/// What is kept of an account.
private struct ExportedAccount {
    let account: Account
    let devices: [(device: SignedInDevice, endedAt: Timestamp?)]
    let logins: [Login]
    let records: [AuditRecord]

    init(_ account: Account, in db: Transaction) async throws(StoreError) {
        self.account = account
        devices = try await Rows.allDevices(of: account.user.id, in: db)
        logins = try await Rows.logins(of: account, in: db)
        records = try await Rows.records(of: account.user.id, in: db)
    }

    func write(to writer: inout JSONWriter) {
        account.user.write(to: &writer)
        writer.member("hasNumber", !account.isDetached)
        writer.objects("devices", devices) { entry, writer in
            entry.device.write(to: &writer)
            writer.member("endedAt", entry.endedAt)
        }
        writer.objects("logins", logins) { $0.writeExport(to: &$1) }
        writer.objects("audit", records) { $0.write(to: &$1) }
    }
}

/// What is kept of a number beside its account.
private struct ExportedNumber {
    let logins: [Login]
    let contacts: [Rows.KnownContact]
    let userIDs: [Rows.KnownUserID]
    let limits: [Rows.KnownLimit]

    var isEmpty: Bool {
        logins.isEmpty && contacts.isEmpty && userIDs.isEmpty && limits.isEmpty
    }

    init(
        _ phones: Set<PhoneNumber>, besides known: Set<LoginID>, in db: Transaction
    ) async throws(StoreError) {
        var (logins, contacts, userIDs, limits) = (
            [Login](), [Rows.KnownContact](), [Rows.KnownUserID](), [Rows.KnownLimit]()
        )
        for phone in phones.sorted(by: { $0.digits < $1.digits }) {
            logins += try await Rows.loginsWithoutUser(of: phone, in: db)
            contacts += try await Rows.knownContacts(phone, in: db)
            userIDs += try await Rows.knownUserIDs(of: phone, in: db)
            limits += try await Rows.knownLimits(
                [.prompts(to: phone), .wrongCodes(of: phone.digits)], in: db)
        }
        for id in userIDs { limits += try await Rows.knownLimits([.wrongCodes(of: id.id)], in: db) }
        var seen: Set<String> = []
        self.limits = limits.filter { seen.insert($0.subject).inserted }
        self.logins = logins.filter { !known.contains($0.id) }
        (self.contacts, self.userIDs) = (contacts, userIDs)
    }

    func write(to writer: inout JSONWriter) {
        writer.objects("pendingLogins", logins) { $0.writeExport(to: &$1) }
        writer.objects("numbers", contacts) { $0.write(to: &$1) }
        writer.objects("whatsAppUserIds", userIDs) { $0.write(to: &$1) }
        writer.objects("limits", limits) { $0.write(to: &$1) }
    }
}

extension Login {
    /// Writes what is kept of it, but no hash of a secret.
    fileprivate func writeExport(to writer: inout JSONWriter) {
        writer.member("id", id)
        writer.member("method", "\(method)")
        writer.member("state", "\(state)")
        writer.member("phoneNumber", phone?.e164)
        writer.member("whatsAppId", waID)
        writer.member("whatsAppUserId", hiddenSender)
        writer.member("createdAt", createdAt.seconds)
        writer.member("expiresAt", expiresAt.seconds)
        writer.member("endedAt", endedAt)
        writer.member("acknowledgedAt", acknowledgedAt)
        writer.member("delivery", delivery.text)
        writer.member("name", name)
        writer.member("userAgent", device.userAgent)
        writer.member("ip", device.ip)
        writer.member("deviceType", device.type)
        writer.member("notificationDeviceId", device.notificationDeviceID)
        writer.member("locale", device.locale)
    }
}

extension JSONWriter {
    /// Writes a member that is a time in seconds, or null.
    mutating func member(_ name: String, _ time: Timestamp?) {
        member(name) { writer in
            if let time { writer.value(time.seconds) } else { writer.null() }
        }
    }
}
