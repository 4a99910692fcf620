extension JSONWriter {
    /// Writes a member that is an object.
    public mutating func objectMember(
        _ name: StaticString, _ body: (inout JSONWriter) -> Void
    ) {
        member(name) { $0.object(body) }
    }

    /// Writes a member that is an array with one object for each element.
    public mutating func arrayMember<Element>(
        _ name: StaticString, of elements: some Sequence<Element>,
        _ body: (inout JSONWriter, Element) -> Void
    ) {
        member(name) { writer in
            writer.array { writer in
                for element in elements { writer.object { body(&$0, element) } }
            }
        }
    }
}
