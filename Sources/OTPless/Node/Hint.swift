/// What one node tells others: that it is worth looking into the store.
///
/// It holds no secret. It may come twice, late, or not at all.
public enum Hint: Hashable, Sendable {
    /// A login has changed.
    case login(LoginID)
    /// A login's tokens have been ended; its page may still hold them.
    case ended(EndedFamily)
    /// A pair of tokens has been ended, but not its login: no page need look.
    case replaced(FamilyID)
    /// A user has another name, or is gone.
    case user(UserID)
}

extension Hint {
    /// The form in which it travels: a word and ids.
    var payload: String {
        switch self {
        case .login(let id): "login \(id)"
        case .ended(let family): "ended \(family.id) \(family.login)"
        case .replaced(let id): "replaced \(id)"
        case .user(let id): "user \(id)"
        }
    }

    /// From the form in which it travels; nil for what another version may say.
    init?(payload: String) {
        let words = payload.split(separator: " ").map(String.init)
        switch (words.first, words.count) {
        case ("login", 2):
            guard let id = LoginID(words[1]) else { return nil }
            self = .login(id)
        case ("ended", 3):
            guard let id = FamilyID(words[1]), let login = LoginID(words[2]) else { return nil }
            self = .ended(EndedFamily(id: id, login: login))
        case ("replaced", 2):
            guard let id = FamilyID(words[1]) else { return nil }
            self = .replaced(id)
        case ("user", 2):
            guard let id = UserID(words[1]) else { return nil }
            self = .user(id)
        default: return nil
        }
    }
}
