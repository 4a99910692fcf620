import OTPless

/// The OpenAPI document of this server: `openapi.json`, as its configuration makes it true.
///
/// Source: OpenAPI 3.1.0; docs/decisions/0029 tells what the file abbreviates.
struct APIDocument: Sendable {
    /// The whole document.
    var tree: JSONTree

    /// What the configuration says, by the names that `x-when` uses.
    private let facts: Set<String>
    /// What stands for `${…}` in texts.
    private let values: [(name: String, value: String)]

    init(_ config: Config) {
        facts = Self.facts(config)
        values = [
            ("${appName}", config.appName), ("${publicURL}", config.publicURL),
            ("${version}", Help.version), ("${cookieName}", RefreshCookie.name(config)),
        ]
        // A part of the program: that it is JSON, a test sees to.
        let file = try? JSONDocument(PackageResources.openapi_json)
        tree = file.map { JSONTree($0.root) } ?? [:]
        tree = fitted(tree) ?? [:]
        expand()
    }

    private static func facts(_ config: Config) -> Set<String> {
        var facts: Set<String> = []
        func note(_ name: String, _ isTrue: Bool) { facts.insert(isTrue ? name : "no-" + name) }
        note("prompt", config.methods.contains(.prompt))
        note("link", config.methods.contains(.link))
        note("match", config.confirmation == .match)
        note("challenge", config.requireCodeChallenge)
        note("cookie", config.refreshCookie)
        return facts
    }

    /// The value with its texts filled in, without what is not so here; nil if nothing is left.
    private func fitted(_ tree: JSONTree) -> JSONTree? {
        switch tree {
        case .text(let text):
            return .text(values.reduce(text) { $0.replacing($1.name, with: $1.value) })
        case .array(let elements):
            let left = elements.compactMap(fitted)
            // JSON Schema has no `allOf` of nothing.
            return left.isEmpty && !elements.isEmpty ? nil : .array(left)
        case .other: return tree
        case .object(let members):
            let conditions = tree["x-when"]?.text?.split(separator: " ") ?? []
            guard conditions.allSatisfy({ facts.contains(String($0)) }) else { return nil }
            return .object(
                members.compactMap { name, value in
                    name == "x-when" ? nil : fitted(value).map { (name, $0) }
                })
        }
    }
}
