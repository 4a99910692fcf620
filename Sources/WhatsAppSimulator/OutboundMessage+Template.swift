import OTPless

extension OutboundMessage.Content {
    /// A message made of an approved template.
    ///
    /// Source: "Template messages" and, for the words of the errors, answers as they are quoted in
    /// public reports.
    init(
        template: JSONValue?, among templates: [Simulator.Template]
    ) throws(GraphError) {
        guard let template else { throw .missingParameter("template") }
        let approved = try Self.find(template, among: templates)
        let components = try Components(template["components"], of: approved)
        header = approved.header
        body = approved.text(components.parameters)
        footer = approved.footer
        guard body.utf16.count <= 1024 else {
            throw .error(132_005, "body: the text is longer than 1024 characters")
        }
        buttons = zip(components.payloads, approved.quickReplies).map { payload, label in
            SimulatedPhones.Message.Button(id: payload ?? label, title: label)
        }
        isTemplate = true
    }

    private static func find(
        _ template: JSONValue, among templates: [Simulator.Template]
    ) throws(GraphError) -> Simulator.Template {
        guard let name = template["name"]?.string else { throw .missingParameter("template.name") }
        guard let language = template["language"]?["code"]?.string else {
            throw .missingParameter("template.language.code")
        }
        if let policy = template["language"]?["policy"], !policy.equals("deterministic") {
            throw .badValue("template.language.policy must be deterministic")
        }
        let found = templates.first { $0.name == name && $0.language == language }
        guard let found else {
            throw .error(132_001, "template name (\(name)) does not exist in \(language)")
        }
        return found
    }
}

/// What a send fills into a template.
private struct Components {
    private(set) var parameters: [String] = []
    /// What each quick reply carries; nil where the send does not say, and then it is the label.
    private(set) var payloads: [String?]

    /// Meta allows 128 or 256, depending on where one reads.
    private static let longestPayload = 128

    init(_ list: JSONValue?, of template: Simulator.Template) throws(GraphError) {
        payloads = template.quickReplies.map { _ in nil }
        for component in (list?.elements).map(Array.init) ?? [] {
            // Meta takes these words in capitals too, and some clients write them so.
            switch component["type"]?.string?.lowercased() {
            case "body": parameters = try Self.texts(component)
            case "header": try Self.match("header", try Self.texts(component).count, 0)
            case "button": try takeButton(component)
            default: throw .badValue("a component's type is header, body or button")
            }
        }
        try Self.match("body", parameters.count, template.parameterCount)
    }

    private static func match(
        _ place: String, _ count: Int, _ expected: Int
    ) throws(GraphError) {
        guard count == expected else {
            throw .error(
                132_000,
                "\(place): number of localizable_params (\(count)) does not match the expected "
                    + "number of params (\(expected))")
        }
    }

    private static func texts(_ component: JSONValue) throws(GraphError) -> [String] {
        var texts: [String] = []
        for parameter in component["parameters"].map({ Array($0.elements) }) ?? [] {
            guard parameter["type"]?.equals("text") == true else {
                throw .error(132_012, "expected a parameter of type text")
            }
            guard let text = parameter["text"]?.string, !text.isEmpty else {
                throw .missingParameter("text")
            }
            // Meta's sentence says more than four; four are refused here, as other sources have it.
            guard !text.contains(where: { $0.isNewline || $0 == "\t" }), !text.contains("    ")
            else {
                throw .error(
                    132_018,
                    "Param text cannot have new-line/tab characters or more than 4 consecutive "
                        + "spaces")
            }
            texts.append(text)
        }
        return texts
    }

    private mutating func takeButton(_ button: JSONValue) throws(GraphError) {
        guard button["sub_type"]?.string?.lowercased() == "quick_reply" else {
            throw .error(132_012, "button: expected the sub_type quick_reply")
        }
        let index = button["index"].flatMap { $0.integer ?? $0.string.flatMap { Int64($0) } }
        guard let index = index.map({ Int($0) }), payloads.indices.contains(index),
            payloads[index] == nil
        else { throw .badValue("button: no quick reply has this index, or it is given twice") }
        let parameters = button["parameters"].map { Array($0.elements) } ?? []
        guard parameters.count == 1, parameters[0]["type"]?.equals("payload") == true,
            let payload = parameters[0]["payload"]?.string, !payload.isEmpty
        else { throw .error(132_012, "button: expected one parameter of type payload") }
        guard payload.utf16.count <= Self.longestPayload else {
            throw .badValue("button: a payload has at most \(Self.longestPayload) characters")
        }
        payloads[index] = payload
    }
}
