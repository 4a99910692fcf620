import Foundation
import TestSupport
import Testing

/// docs/contract.md names for each sentence the tests that prove it.
struct ContractDocumentTests {
    /// A numbered sentence and what stands below it.
    private struct Sentence {
        let number: String
        var tests: [String] = []
        var isLater = false
    }

    @Test func `every sentence of the document is proved by tests that exist, or comes later`()
        throws
    {
        let tests = try Self.testNames()
        for sentence in try Self.sentences() {
            let hasProof = sentence.isLater || !sentence.tests.isEmpty
            #expect(hasProof, "\(sentence.number) has neither a test nor `later`")
            for name in sentence.tests {
                #expect(tests.contains(name), "\(sentence.number): there is no test `\(name)`")
            }
        }
    }

    @Test func `the sentences of the document have numbers of their own, in order`() throws {
        let numbers = try Self.sentences().map(\.number)
        #expect(Set(numbers).count == numbers.count)
        let parts = numbers.map { $0.split(separator: ".").compactMap { Int($0) } }
        for (one, next) in zip(parts, parts.dropFirst()) {
            #expect(one.lexicographicallyPrecedes(next), "\(next) does not follow \(one)")
        }
        #expect(Set(parts.map { $0.first }) == [1, 2, 3])
    }

    /// Every line below a heading must be understood, so that no sentence slips through.
    private static func sentences() throws -> [Sentence] {
        let file = root.appending(path: "docs/contract.md")
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        var sentences: [Sentence] = []
        for line in text.split(separator: "\n").drop(while: { !$0.hasPrefix("## ") }) {
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
        return sentences
    }

    private static func testNames() throws -> Set<String> {
        let tests = root.appending(path: "Tests")
        let files = FileManager.default.enumerator(at: tests, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        for case let file as URL in files?.allObjects ?? [] where file.pathExtension == "swift" {
            let source = String(decoding: try Data(contentsOf: file), as: UTF8.self)
            names.formUnion(source.matches(of: /func\s+`([^`]+)`\(/).map { String($0.output.1) })
        }
        return names
    }

    /// The folder of the package.
    private static var root: URL {
        var folder = URL(filePath: #filePath)
        for _ in 1...4 { folder.deleteLastPathComponent() }
        return folder
    }
}
