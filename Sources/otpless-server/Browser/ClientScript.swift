import OTPless

/// The browser client as it is served: one source, as a module and as a classic script.
struct ClientScript {
    /// `/otpless.js`.
    let module: [UInt8]

    /// `/otpless.classic.js`: what a module says of itself is said otherwise, and nothing is exported.
    let classic: [UInt8]

    init(_ source: [UInt8], setup: [UInt8]) {
        module = source.replacing("\"@setup@\"", by: setup)
        classic =
            Array("(() => {\n\"use strict\";\n".utf8)
            + source.withoutExport.replacing(
                "import.meta.url", by: "document.currentScript.src".utf8
            )
            .replacing("\"@setup@\"", by: setup) + Array("\n})()\n".utf8)
    }
}

extension [UInt8] {
    /// With other bytes in all places of some.
    func replacing(_ old: String, by new: some Collection<UInt8>) -> [UInt8] {
        let old = Array(old.utf8)
        var (result, at) = ([UInt8](), 0)
        result.reserveCapacity(count + new.count)
        while at < count {
            if self[at] == old[0], self[at...].starts(with: old) {
                result += new
                at += old.count
            } else {
                result.append(self[at])
                at += 1
            }
        }
        return result
    }

    /// Without the last line that starts with `export `.
    fileprivate var withoutExport: [UInt8] {
        var lines = split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let index = lines.lastIndex { $0.starts(with: "export ".utf8) }
        if let index { lines.remove(at: index) }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
}
