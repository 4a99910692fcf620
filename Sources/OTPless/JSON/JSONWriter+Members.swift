extension JSONWriter {
    /// Writes a member that is an identifier in its UUID form.
    public mutating func member<Kind>(_ name: String, _ id: Identifier<Kind>) {
        member(name) { $0.value(id) }
    }

    /// Writes a member that is an object, whose members the body writes.
    public mutating func object(_ name: String, _ body: (inout JSONWriter) -> Void) {
        member(name) { $0.object(body) }
    }

    /// Writes a member that is an array, whose elements the body writes.
    public mutating func array(_ name: String, _ body: (inout JSONWriter) -> Void) {
        member(name) { $0.array(body) }
    }

    /// Writes a member that is an array of objects, one for each element.
    public mutating func objects<Element>(
        _ name: String, _ elements: some Sequence<Element>,
        _ body: (Element, inout JSONWriter) -> Void
    ) {
        array(name) { writer in
            for element in elements { writer.object { body(element, &$0) } }
        }
    }
}
