/// A message template of Meta's, written `name:en,es,pt_BR`: its name, and the languages it exists in.
///
/// Source: developers.facebook.com/documentation/business-messaging/whatsapp/templates.
public struct MessageTemplate: Hashable, Sendable {
    /// The name at Meta: 1 to 512 lower-case letters, digits and underscores.
    public let name: String

    /// Meta's codes of its languages, such as `en` or `pt_BR`, at least one; the first is the fallback.
    public let languages: [String]

    /// Reads a template as it is configured; nil when it is no template, or names a language twice.
    public init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, Self.isName(parts[0]) else { return nil }
        let languages = parts[1].split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0).trimmed }
        guard languages.allSatisfy(Self.isLanguage), Set(languages).count == languages.count else {
            return nil
        }
        name = String(parts[0])
        self.languages = languages
    }

    private static func isName(_ text: Substring) -> Bool {
        1...512 ~= text.utf8.count
            && text.utf8.allSatisfy { isLower($0) || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "_") }
    }

    /// `en`, `fil`, `pt_BR`: a language of two or three letters, perhaps a country of two.
    private static func isLanguage(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "_"), omittingEmptySubsequences: false)
        guard 1...2 ~= parts.count, 2...3 ~= parts[0].count, parts[0].allSatisfy(isLower) else {
            return false
        }
        return parts.count == 1 || parts[1].count == 2 && parts[1].allSatisfy(isUpper)
    }

    private static func isLower(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte }

    private static func isUpper(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte }
}

extension MessageTemplate: CustomStringConvertible {
    /// The template as it is configured: `name:en,es,pt_BR`.
    public var description: String { "\(name):\(languages.joined(separator: ","))" }
}
