/// A pair of tokens as it is handed over; kept nowhere.
public struct Grant: Sendable, CustomStringConvertible {
    /// The JWT.
    public let accessToken: String

    /// The opaque refresh token.
    public let refreshToken: String

    /// Seconds until the access token runs out.
    public let expiresIn: Int

    /// Seconds until the refresh token runs out, unless it is used.
    public let refreshExpiresIn: Int

    /// Whose tokens they are.
    public let user: User

    /// Names the user and hides the tokens.
    public var description: String { "tokens of \(user.id)" }

    /// The family the pair belongs to.
    public let family: FamilyID

    /// Writes the members every reply with tokens has.
    public func write(to writer: inout JSONWriter) {
        writer.member("accessToken", accessToken)
        writer.member("refreshToken", refreshToken)
        writer.member("tokenType", "Bearer")
        writer.member("expiresIn", expiresIn)
    }

    /// Writes the same without the refresh token, which goes into a cookie.
    public func writeAccess(to writer: inout JSONWriter) {
        writer.member("accessToken", accessToken)
        writer.member("tokenType", "Bearer")
        writer.member("expiresIn", expiresIn)
    }
}
