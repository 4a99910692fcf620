import Foundation

/// Checks JSON against the schemas of an OpenAPI document, as far as that uses JSON Schema 2020-12.
///
/// A keyword that it does not know is a fault, so that no rule passes unread.
struct SchemaCheck {
    let document: JSON

    /// What a reference of the document leads to; `null` if nowhere.
    func target(of reference: String) -> JSON {
        guard reference.hasPrefix("#/") else { return .null }
        return reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] }
    }

    /// Each fault with its place; none if the value fits.
    func faults(_ value: JSON, _ schema: JSON, at place: String = "$") -> [String] {
        guard case .object(let rules) = schema else { return ["\(place): no schema"] }
        return rules.keys.sorted().flatMap { keyword in
            faults(value, keyword, schema[keyword], in: schema, at: place)
        }
    }

    private func fits(_ value: JSON, _ schema: JSON) -> Bool { faults(value, schema).isEmpty }

    private func faults(
        _ value: JSON, _ keyword: String, _ rule: JSON, in schema: JSON, at place: String
    ) -> [String] {
        switch keyword {
        case "description", "examples", "format", "then": return []
        case "$ref": return faults(value, target(of: rule.text ?? ""), at: place)
        case "allOf" where rule.list.isEmpty: return ["\(place): allOf of nothing"]
        case "allOf": return rule.list.flatMap { faults(value, $0, at: place) }
        case "if": return fits(value, rule) ? faults(value, schema["then"], at: place) : []
        case "properties":
            return rule.names.sorted().flatMap { name in
                value.names.contains(name)
                    ? faults(value[name], rule[name], at: place + "." + name) : []
            }
        case "items": return value.list.flatMap { faults($0, rule, at: place + "[]") }
        default:
            guard let isRight = holds(value, keyword, rule) else {
                return ["\(place): the check does not know \(keyword)"]
            }
            return isRight ? [] : ["\(place): \(keyword) \(rule) of \(value)"]
        }
    }

    /// Whether a rule about the value alone holds; nil if it is not known.
    private func holds(_ value: JSON, _ keyword: String, _ rule: JSON) -> Bool? {
        let length = value.text?.unicodeScalars.count
        switch keyword {
        case "const": return value == rule
        case "enum": return rule.list.contains(value)
        case "anyOf": return rule.list.contains { fits(value, $0) }
        case "oneOf": return rule.list.filter { fits(value, $0) }.count == 1
        case "type":
            let types = rule.text.map { [$0] } ?? rule.list.compactMap(\.text)
            return types.contains { value.isOf(type: $0) }
        case "required":
            guard case .object = value else { return true }
            return value.names.isSuperset(of: rule.list.compactMap(\.text))
        case "minLength": return length.map { Double($0) >= rule.number ?? 0 } ?? true
        case "maxLength": return length.map { Double($0) <= rule.number ?? 0 } ?? true
        case "minimum": return value.number.map { $0 >= rule.number ?? 0 } ?? true
        case "pattern":
            guard let text = value.text, let pattern = rule.text else { return true }
            return text.range(of: pattern, options: .regularExpression) != nil
        default: return nil
        }
    }
}

extension JSON {
    fileprivate func isOf(type: String) -> Bool {
        switch (self, type) {
        case (.null, "null"), (.bool, "boolean"), (.number, "number"), (.text, "string"),
            (.list, "array"), (.object, "object"):
            true
        case (.number(let number), "integer"): number == number.rounded()
        default: false
        }
    }
}
