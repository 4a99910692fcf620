import Foundation
import Oracles
import Testing

/// The kept inputs of the fuzz targets, without libFuzzer: what was found once stays mended.
struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Corpus")

    private static func inputs(of oracle: Oracle) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: oracle.name), includingPropertiesForKeys: nil)
    }

    @Test(arguments: Oracle.all)
    func `no kept input breaks its oracle`(oracle: Oracle) async throws {
        let inputs = try Self.inputs(of: oracle)
        #expect(!inputs.isEmpty)
        for input in inputs {
            // Tests that talk to a server must not wait for this one.
            await Task.yield()
            do {
                try oracle.check(Array(Data(contentsOf: input)))
            } catch {
                Issue.record("\(input.lastPathComponent): \(error)")
            }
        }
    }

    @Test func `each folder of inputs has an oracle`() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(folders) == Set(Oracle.all.map(\.name)))
    }

    @Test(arguments: Oracle.all)
    func `what real bytes are cut and changed to breaks no oracle`(oracle: Oracle) async throws {
        for input in try Self.inputs(of: oracle) {
            let bytes = try Array(Data(contentsOf: input).prefix(300))
            for index in stride(from: 0, to: bytes.count, by: 23) {
                await Task.yield()
                try oracle.check(Array(bytes[..<index]))
                try oracle.check(Array(bytes[..<index] + bytes[(index + 1)...]))
                try oracle.check(
                    Array(bytes[..<index] + [bytes[index] ^ 0x20] + bytes[(index + 1)...]))
            }
        }
    }
}

extension Oracle: CustomTestStringConvertible {
    package var testDescription: String { name }
}
