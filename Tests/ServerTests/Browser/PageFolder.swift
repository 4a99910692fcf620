import Foundation

/// The files of `Sources/otpless-server/Pages`, as they lie in the repository.
enum PageFolder {
    static let languages = ["ar", "de", "en", "es", "fr", "hi", "id", "pt"]

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Sources/otpless-server/Pages")

    static func read(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    static func text(_ name: String) throws -> String {
        String(decoding: try read(name), as: UTF8.self)
    }

    /// The words of a language: an object of strings.
    static func words(_ language: String) throws -> [String: String] {
        try JSONDecoder().decode(
            [String: String].self, from: Data(try read("words/\(language).json")))
    }

    /// The names of all files in it, folders left out.
    static func names() throws -> Set<String> {
        let found = FileManager.default.enumerator(atPath: folder.standardized.path)
        let paths = (found?.allObjects ?? []).compactMap { $0 as? String }
        return Set(paths.filter { !$0.hasPrefix(".") && $0.contains(".") })
    }
}
