import Foundation
import TestSupport

/// A document of numbered sentences, each with the names of the tests that prove it.
struct ProvenDocument {
    /// A numbered sentence and what stands below it.
    struct Sentence {
        let number: String
        var tests: [String] = []
        var isLater = false
    }

    let sentences: [Sentence]

    /// Every line below a heading with a number must be understood, so that no sentence slips through.
    init(_ path: String, until end: String? = nil) throws {
        let file = Self.root.appending(path: path)
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        var sentences: [Sentence] = []
        for line in text.split(separator: "\n").drop(while: { !$0.hasPrefix("## ") }) {
            if let end, line == end { break }
            if let match = line.wholeMatch(of: /- \*\*([0-9.]+)\*\* .+/) {
                sentences.append(Sentence(number: String(match.output.1)))
            } else if let last = sentences.indices.last {
                if let match = line.wholeMatch(of: #/  - `([^`]+)`/#) {
                    sentences[last].tests.append(String(match.output.1))
                } else if line.wholeMatch(of: #/  - later: .+/#) != nil {
                    sentences[last].isLater = true
                } else if !line.hasPrefix("#"), line.prefixMatch(of: #/  [^ -]/#) == nil {
                    throw Fault("not a line of this document: \(line)")
                }
            }
        }
        self.sentences = sentences
    }

    /// The numbers of the sentences, part by part.
    var numbers: [[Int]] {
        sentences.map { $0.number.split(separator: ".").compactMap { Int($0) } }
    }

    /// The names of all tests there are.
    static func testNames() throws -> Set<String> {
        let tests = root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        for case let file as URL in files?.allObjects ?? []
        where file.lastPathComponent.wholeMatch(of: /.*\.swift|test_.*\.py/) != nil {
            let source = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            names.formUnion(source.matches(of: /func\s+`([^`]+)`\(/).map { String($0.output.1) })
            names.formUnion(source.matches(of: /def (test_\w+)/).map { String($0.output.1) })
        }
        return names
    }

    /// The folder of the package.
    private static var root: URL {
        var folder = URL(filePath: #filePath)
        for _ in 1...5 { folder.deleteLastPathComponent() }
        return folder
    }
}
