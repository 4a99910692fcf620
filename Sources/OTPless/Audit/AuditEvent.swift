/// What is recorded for whoever has to find out later what happened.
public enum AuditEvent: String, CaseIterable, Sendable {
    /// A page asked for a login.
    case loginStarted = "login.started"
    /// A limit, a block or a lock kept it from being started; the first of a series.
    case loginRefused = "login.refused"
    /// A phone sent the page's code, and is asked for more.
    case loginJoined = "login.joined"
    /// The phone confirmed it.
    case loginConfirmed = "login.confirmed"
    /// The phone denied it, or took its confirmation back.
    case loginDenied = "login.denied"
    /// The page gave it up, or the number or its holder changed.
    case loginCancelled = "login.cancelled"
    /// It cannot succeed any more.
    case loginFailed = "login.failed"
    /// Tokens were handed over.
    case tokensIssued = "tokens.issued"
    /// A used refresh token came back late: its login was ended.
    case tokensReused = "tokens.reused"
    /// A login was ended by its user.
    case loggedOut = "logout"
    /// A device was ended by its user.
    case deviceRemoved = "device.removed"
    /// A confirmation made an account.
    case accountCreated = "account.created"
    /// An account was deleted.
    case accountDeleted = "account.deleted"
    /// What is kept of a person was exported.
    case accountExported = "account.exported"
    /// The operator gave an account another number.
    case accountMoved = "account.moved"
    /// WhatsApp says that the holder of a number has another one now.
    case numberChanged = "number.changed"
    /// WhatsApp says that another device or person holds a number now.
    case identityChanged = "identity.changed"
    /// A phone sent something like a code that is none.
    case codeWrong = "code.wrong"
    /// A phone sent a number that no page shows.
    case numberWrong = "number.wrong"
    /// Too many wrong numbers in a row lock prompts to a phone.
    case phoneLocked = "phone.locked"
    /// The operator lifted what keeps prompts from a phone.
    case phoneUnblocked = "phone.unblocked"
    /// A webhook was not signed by the provider.
    case webhookRejected = "webhook.rejected"
    /// A session id came without its verifier.
    case verifierRejected = "verifier.rejected"
}
