import TestSupport
import Testing

/// What can be wrong with the files themselves, which the server would not tell.
struct PageFileTests {
    @Test(arguments: PageFolder.languages)
    func `each language has the words of English and no others, and none is empty`(
        _ language: String
    ) throws {
        let words = try PageFolder.words(language)
        #expect(Set(words.keys) == Set(try PageFolder.words("en").keys))
        for (key, word) in words { #expect(!word.isEmpty, "\(key)") }
    }

    @Test func `a page asks for words, parts and values that there are`() throws {
        let page = try PageFolder.text("index.html")
        let words = try PageFolder.words("en")
        let values: Set = ["lang", "dir", "appName", "origin", "logo"]
        let files = try PageFolder.names()
        let places = page.matches(of: /{{(.*?)}}/).map { String($0.output.1) }
        #expect(places.contains("lang") && places.contains("dir"))
        for place in places {
            let name = String(place.drop { $0 != ":" }.dropFirst())
            switch place.prefix(5) {
            case "word:": #expect(words[name] != nil, "\(place)")
            case "asset": #expect(name == "words" || files.contains(name), "\(place)")
            default: #expect(values.contains(place), "\(place)")
            }
        }
    }

    @Test func `a page has nothing inline, which its policy would not run`() throws {
        let page = try PageFolder.text("index.html")
        #expect(!page.contains(/<script(?![^>]*\ssrc=)/) && !page.contains(/<style[\s>]/))
        #expect(!page.contains(/\sstyle=/) && !page.contains(/\son[a-z]+=/))
    }

    @Test func `the client can be made a classic script`() throws {
        let source = try PageFolder.text("otpless.js")
        #expect(source.matches(of: /"@setup@"/).count == 1)
        #expect(source.matches(of: #/\nexport /#).count == 1)
        #expect(!("\n" + source).contains(#/\n(import|await) /#))
    }
}
