import TestSupport
import Testing

/// docs/contract.md and docs/threat-model.md name for each sentence the tests that prove it.
struct ContractDocumentTests {
    @Test func `every sentence of the document is proved by tests that exist, or comes later`()
        throws
    {
        try check(try ProvenDocument("docs/contract.md"), mayComeLater: true)
    }

    @Test func `every threat has an answer that tests prove, and they exist`() throws {
        try check(
            try ProvenDocument("docs/threat-model.md", until: "## What is left"),
            mayComeLater: false)
    }

    private func check(_ document: ProvenDocument, mayComeLater: Bool) throws {
        let tests = try ProvenDocument.testNames()
        for sentence in document.sentences {
            let hasProof = sentence.isLater && mayComeLater || !sentence.tests.isEmpty
            #expect(hasProof, "\(sentence.number) has neither a test nor `later`")
            for name in sentence.tests {
                #expect(tests.contains(name), "\(sentence.number): there is no test `\(name)`")
            }
        }
    }

    @Test(arguments: ["docs/contract.md", "docs/threat-model.md"])
    func `the sentences of the document have numbers of their own, in order`(
        _ path: String
    ) throws {
        let numbers = try ProvenDocument(path, until: "## What is left").numbers
        #expect(Set(numbers).count == numbers.count)
        for (one, next) in zip(numbers, numbers.dropFirst()) {
            #expect(one.lexicographicallyPrecedes(next), "\(next) does not follow \(one)")
        }
        let chapters = Set(numbers.compactMap(\.first))
        #expect(chapters == Set(1...(chapters.max() ?? 0)))
    }
}
