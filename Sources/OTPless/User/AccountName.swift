/// How an operator names an account.
public enum AccountName: Sendable {
    /// By its id, which names one.
    case user(UserID)
    /// By its number, or one that it had.
    case phone(PhoneNumber)

    /// Reads a user id, or a number with `+` and country code.
    public init?(_ text: String) {
        if let id = UserID(text) {
            self = .user(id)
        } else if let phone = PhoneNumber(text) {
            self = .phone(phone)
        } else {
            return nil
        }
    }

    /// The name as logs and records may show it.
    public var masked: String {
        switch self {
        case .user(let id): id.description
        case .phone(let phone): phone.masked
        }
    }
}

/// Why an operator's command did nothing.
public enum AccountFault: Error, Sendable {
    /// Nobody has that number or id.
    case nobody
    /// The number means several accounts: one that has it and some that had it.
    case ambiguous([UserID])
    /// Another account has the number.
    case taken(UserID)
    /// The account has the number already.
    case unchanged
    /// The store could not do it.
    case store(StoreError)
}

/// What an operator's command did.
public struct AccountChange: Sendable {
    /// The account.
    public let user: UserID

    /// The number that it had.
    public let phone: PhoneNumber

    /// How many devices were signed out.
    public var devices = 0

    /// How many logins were given up.
    public var cancelled = 0
}
