import OTPless
import Wire

/// The page at `/`, in each language.
struct LoginPage: Sendable {
    private let english: Asset
    private let translated: [String: Asset]

    init(_ config: Config, _ parts: PageParts) {
        let template = PageTemplate(PackageResources.index_html)
        let appName = config.appName.escapedForHTML
        let logo = parts.logo.map { "<img class=\"logo\" src=\"\($0)\" alt=\"\">" } ?? ""
        let headers = PageHeaders.page(config)
        func page(_ words: PageWords) -> Asset {
            let bytes = template.filled { place in
                switch place {
                case "lang": words.language
                case "dir": words.direction
                case "appName": appName
                case "origin": (config.publicOrigin ?? "").escapedForHTML
                case "logo": logo
                case "asset:words": parts.path(of: words.language + ".json") ?? ""
                default: Self.named(place, words, parts, appName)
                }
            }
            return Asset(
                bytes, "text/html; charset=utf-8",
                headers: headers + [("Content-Language", words.language)],
                varies: "Accept-Language")
        }
        english = page(PageWords(PageFile("en.json", PackageResources.en_json)))
        translated = Dictionary(
            uniqueKeysWithValues: PageFile.words.map(PageWords.init).map { ($0.language, page($0)) }
        )
    }

    /// `asset:page.js` and `word:pageTitle`, in which `{app}` stands for the app's name.
    private static func named(
        _ place: String, _ words: PageWords, _ parts: PageParts, _ appName: String
    ) -> String {
        let name = String(place.drop { $0 != ":" }.dropFirst())
        if place.hasPrefix("asset:") { return parts.path(of: name) ?? "" }
        let word = Array((words[name] ?? "").escapedForHTML.utf8)
        return String(decoding: word.replacing("{app}", by: appName.utf8), as: UTF8.self)
    }

    /// Answers `GET /` in the language that a message to this browser's user would have.
    @Sendable func answer(_ request: Request) -> Reply {
        let tags = (request.acceptedLanguages ?? "").split(separator: ",").map { String($0) }
        return (translated[MessageTexts.preferred(tags).language] ?? english).answer(request)
    }
}
