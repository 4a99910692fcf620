/// A `Set-Cookie` field.
struct SetCookie: Equatable {
    let name: String
    let value: String
    let attributes: [String]

    var pair: String { "\(name)=\(value)" }

    init?(_ reply: HTTPReply) {
        guard let parts = reply["Set-Cookie"]?.split(separator: ";"),
            let first = parts.first?.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        else { return nil }
        name = String(first[0])
        value = String(first[1])
        attributes = parts.dropFirst().map { String($0.dropFirst()) }
    }
}
