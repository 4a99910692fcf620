/// Kinds of images that browsers show, told by their bytes.
///
/// Source: WHATWG MIME Sniffing §6.1; for SVG, which that leaves out, XML 1.0 §2.8.
enum ImageKind: String {
    case svg, png, jpeg, webp

    init?(of bytes: [UInt8]) {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
            self = .webp
        } else if Self.isSVG(bytes) {
            self = .svg
        } else {
            return nil
        }
    }

    /// Whether it is UTF-8, and its first element is `svg`, behind declaration, comments and DOCTYPE.
    private static func isSVG(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        while true {
            rest = rest.drop { " \t\r\n".utf8.contains($0) }
            if skip("<?", "?>", &rest) || skip("<!--", "-->", &rest) || skip("<!", ">", &rest) {
                continue
            }
            let end = rest.dropFirst("<svg".utf8.count).first
            return rest.starts(with: "<svg".utf8) && end.map(" \t\r\n/>".utf8.contains) == true
        }
    }

    /// Whether something stands first that begins so; it is dropped, up to its end.
    private static func skip(
        _ start: String, _ end: String, _ rest: inout ArraySlice<UInt8>
    ) -> Bool {
        guard rest.starts(with: start.utf8) else { return false }
        let end = Array(end.utf8)
        rest = rest.dropFirst(start.utf8.count)
        while !rest.isEmpty, !rest.starts(with: end) { rest.removeFirst() }
        rest = rest.dropFirst(end.count)
        return true
    }
}
