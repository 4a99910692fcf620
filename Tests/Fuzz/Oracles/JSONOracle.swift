import OTPless

extension Oracle {
    /// What the reader accepts is the same when it was written again, with either set of escapes.
    package static let json = Oracle(name: "json") { bytes throws(OracleFault) in
        for limits in [
            JSONDocument.Limits(), .init(maxDepth: 3, maxNodes: 12, replacesLoneSurrogates: true),
        ] {
            guard let root = try read(bytes, limits) else { continue }
            try judgeMembers(of: root)
            let outline = root.outline
            for asciiOnly in [false, true] {
                let copy = root.copy(asciiOnly: asciiOnly)
                let isASCII = copy.allSatisfy { $0 < 0x80 }
                try require(isASCII || !asciiOnly, "a byte that is not ASCII")
                guard let again = try read(copy, limits) else {
                    throw OracleFault(description: "what was written is refused: \(copy)")
                }
                try require(again.outline == outline, "\(again.outline), not \(outline)")
                try require(again.copy(asciiOnly: asciiOnly) == copy, "written twice, it changes")
            }
        }
    }

    /// The root, or nil for what is refused, at some place of the text.
    private static func read(
        _ bytes: [UInt8], _ limits: JSONDocument.Limits
    ) throws(OracleFault) -> JSONValue? {
        do throws(JSONError) {
            return try JSONDocument(bytes, limits: limits).root
        } catch {
            try require(0...bytes.count ~= error.offset, "refused at \(error.offset)")
            return nil
        }
    }

    /// Each member is found by its name, and no name is there twice.
    private static func judgeMembers(of value: JSONValue) throws(OracleFault) {
        for element in value.elements { try judgeMembers(of: element) }
        var names: Set<[UInt8]> = []
        for (key, member) in value.members {
            try require(names.insert(Array(key.utf8)).inserted, "a name that is there twice")
            try require(value[key]?.bytes == member.bytes, "another member of the same name")
            try judgeMembers(of: member)
        }
        guard let text = value.string else { return }
        try require(value.equals(text) && value.equals(Array(text.utf8)), "not equal to itself")
        try require(!value.equals(text + "x"), "equal to something else")
    }
}
