extension DocsPage {
    /// A member of an object, or a parameter.
    struct Field {
        let name: String
        let schema: JSONTree
        /// Where it stands, if not in a body.
        var place: String?
        var isRequired = false
    }

    /// The schema that a reference names, with what stands beside the reference.
    func resolved(_ schema: JSONTree) -> JSONTree {
        guard let target = schema["$ref"]?.text.flatMap(document.resolved) else { return schema }
        var whole = resolved(target)
        for (name, value) in schema.members where name != "$ref" { whole[name] = value }
        return whole
    }

    /// The members of an object's schema.
    func fields(of schema: JSONTree) -> [Field] {
        let schema = resolved(schema)
        let always = [schema] + (schema["allOf"]?.elements ?? [])
        let required = always.flatMap { $0["required"]?.elements ?? [] }.compactMap(\.text)
        return (schema["properties"]?.members ?? []).map { name, value in
            Field(name: name, schema: value, isRequired: required.contains(name))
        }
    }

    /// Fields with their types and what is told of them.
    ///
    /// - Parameter areSent: They are a request's: whether one must be there is told, and that null
    ///   counts as absent is not.
    func list(_ fields: [Field], areSent: Bool = false) -> String {
        let items = fields.map { field in
            let schema = resolved(field.schema)
            let inner = self.fields(of: schema["items"] ?? schema)
            return """
                <div>
                <dt><code>\(Prose.escaped(field.name))</code> \(notes(field, schema, areSent))</dt>
                <dd>\(Prose.line(schema["description"]?.text ?? ""))\(choices(schema))\
                \(inner.isEmpty ? "" : "\n" + list(inner, areSent: areSent))</dd>
                </div>
                """
        }
        return "<dl class=\"fields\">\n" + items.joined(separator: "\n") + "\n</dl>\n"
    }

    private func notes(_ field: Field, _ schema: JSONTree, _ isSent: Bool) -> String {
        var notes = [types(schema, withNull: !isSent).joined(separator: " or ")]
        if let longest = schema["maxLength"]?.compact {
            notes.append("at most \(longest) characters")
        }
        if let place = field.place { notes.append("in the \(place)") }
        let text = notes.filter { !$0.isEmpty }.joined(separator: ", ")
        let required = " <small class=\"required\">required</small>"
        return "<small>\(text)</small>\(field.isRequired && isSent ? required : "")"
    }

    /// The values that are told apart with a sentence each.
    private func choices(_ schema: JSONTree) -> String {
        let told = (schema["oneOf"]?.elements ?? []).compactMap { choice -> String? in
            guard let value = choice["const"], let text = choice["description"]?.text else {
                return nil
            }
            return "<li>\(Self.code(value)): \(Prose.line(text))</li>"
        }
        return told.isEmpty ? "" : "\n<ul>\(told.joined())</ul>"
    }

    /// What a value may be, as HTML: the values themselves where they are few, else the types.
    private func types(_ schema: JSONTree, withNull: Bool) -> [String] {
        let values =
            schema["const"].map { [$0] } ?? schema["enum"]?.elements
            ?? schema["oneOf"]?.elements.compactMap { $0["const"] }
        if let values {
            return values.filter { withNull || $0.compact != "null" }.map(Self.code)
        }
        if schema["items"] != nil { return ["list"] }
        let types = schema["type"]
        let names = types?.text.map { [$0] } ?? types?.elements.compactMap(\.text) ?? []
        return names.filter { withNull || $0 != "null" }
    }

    private static func code(_ value: JSONTree) -> String {
        "<code>\(Prose.escaped(value.text ?? value.compact))</code>"
    }
}
