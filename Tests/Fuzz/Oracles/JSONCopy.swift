import OTPless

extension JSONValue {
    /// The value written anew from what the reader tells of it.
    func copy(asciiOnly: Bool) -> [UInt8] {
        var writer = JSONWriter(asciiOnly: asciiOnly)
        copy(to: &writer, asciiOnly: asciiOnly)
        return writer.bytes
    }

    private func copy(to writer: inout JSONWriter, asciiOnly: Bool) {
        switch kind {
        case .null: writer.null()
        case .bool: if let bool { writer.value(bool) }
        case .number: if let integer { writer.value(integer) } else { writer.raw(bytes) }
        case .string: if let string { writer.value(string) }
        case .array:
            writer.array { writer in
                for element in elements { element.copy(to: &writer, asciiOnly: asciiOnly) }
            }
        case .object:
            // Members of a writer have static names; here each is raw, its name written as a value.
            writer.object { writer in
                for (key, value) in members {
                    var name = JSONWriter(asciiOnly: asciiOnly)
                    name.value(key)
                    let member = name.bytes + [UInt8(ascii: ":")]
                    writer.raw(member + value.copy(asciiOnly: asciiOnly))
                }
            }
        }
    }

    /// Everything that the reader tells of a value; equal for equal values only.
    var outline: [UInt8] {
        var outline: [UInt8] = []
        tell(&outline)
        return outline
    }

    private func tell(_ outline: inout [UInt8]) {
        outline.append(kind.rawValue)
        switch kind {
        case .null: break
        case .bool: outline.append(bool == true ? 1 : 0)
        case .number: outline += integer.map { Array("\($0) ".utf8) } ?? Array(bytes) + [0x20]
        case .string: tell(string ?? "", &outline)
        case .array: for element in elements { element.tell(&outline) }
        case .object:
            for (key, value) in members {
                tell(key, &outline)
                value.tell(&outline)
            }
        }
        outline.append(0xFF)
    }

    /// No byte of UTF-8 is 0xFF, so texts beside one another are told apart.
    private func tell(_ text: String, _ outline: inout [UInt8]) {
        outline += text.utf8
        outline.append(0xFF)
    }
}
