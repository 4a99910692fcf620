/// What the document's texts become in HTML: of CommonMark the paragraphs, lists, code and links.
enum Prose {
    /// Blocks, parted by an empty line.
    static func blocks(_ text: String) -> String {
        text.split(separator: "\n\n").map { block in
            let lines = block.split(separator: "\n")
            guard lines.allSatisfy({ $0.hasPrefix("- ") }) else { return "<p>\(line(block))</p>\n" }
            let items = lines.map { "<li>\(line($0.dropFirst(2)))</li>\n" }.joined()
            return "<ul>\n\(items)</ul>\n"
        }.joined()
    }

    /// The inside of a paragraph.
    static func line(_ text: some StringProtocol) -> String {
        String(text).split(separator: "`", omittingEmptySubsequences: false).enumerated().map {
            $0 % 2 == 1 ? "<code>\(escaped($1))</code>" : linked(escaped($1))
        }.joined()
    }

    /// A text that is safe between tags and in a quoted attribute.
    static func escaped(_ text: some StringProtocol) -> String {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            default: safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    private static func linked(_ text: String) -> String {
        text.replacing(/\[([^\]]+)\]\(([^)\s]+)\)/) { match in
            "<a href=\"\(match.2)\">\(match.1)</a>"
        }
    }
}
