import OTPless

extension DocsPage {
    /// An operation: what it is for, what it takes, how to call it, and what it answers.
    func article(_ operation: Operation) -> String {
        let line =
            "<span class=\"\(operation.method)\">\(operation.method)</span> "
            + Prose.escaped(operation.path).replacing("/", with: "/<wbr>")
        return """
            <article>
            \(Self.heading(3, id: operation.id, Prose.escaped(operation.summary)))
            <p class="line"><code>\(line)</code></p>
            <div class="two">
            <div>
            \(Prose.blocks(operation.value["description"]?.text ?? ""))
            \(security(of: operation))
            \(parameters(of: operation))
            \(requestBody(of: operation))
            </div>
            <div>
            \(samples(of: operation))
            </div>
            </div>
            \(frames(of: operation))
            \(responses(of: operation))
            </article>

            """
    }

    private func security(of operation: Operation) -> String {
        let choices = operation.value["security"]?.elements ?? []
        let names = choices.compactMap { $0.members.first?.name }
        guard !names.isEmpty else { return "" }
        let isOptional = choices.contains { $0.members.isEmpty }
        let words = names.map { name in
            Prose.line(
                document.resolved("#/components/securitySchemes/\(name)")?["description"]?.text
                    ?? name)
        }
        let lead = isOptional ? "May come with" : "Needs"
        if words.count == 1, let word = words.first {
            return "<p><strong>\(lead)</strong>: \(word)</p>"
        }
        return "<p><strong>\(lead)</strong>:</p>\n<ul>"
            + words.map { "<li>\($0)</li>" }.joined() + "</ul>"
    }

    private func parameters(of operation: Operation) -> String {
        let parameters = operation.value["parameters"]?.elements ?? []
        guard !parameters.isEmpty else { return "" }
        let fields = parameters.map { parameter in
            var schema = parameter["schema"] ?? [:]
            schema["description"] = parameter["description"]
            return Field(
                name: parameter["name"]?.text ?? "", schema: schema,
                place: parameter["in"]?.text, isRequired: parameter["required"]?.compact == "true")
        }
        return "<h4>Parameters</h4>\n" + list(fields, areSent: true)
    }

    private func requestBody(of operation: Operation) -> String {
        guard
            let schema = operation.value["requestBody"]?["content"]?["application/json"]?["schema"]
        else { return "" }
        let fields = fields(of: schema)
        return fields.isEmpty ? "" : "<h4>Body</h4>\n" + list(fields, areSent: true)
    }

    /// How to call it: with curl, or from a page where it is a WebSocket.
    private func samples(of operation: Operation) -> String {
        guard operation.value["x-websocket"] == nil else {
            let url = address(of: operation).replacing(/^http/, with: "ws")
            return Self.sample(
                "In a page", "const socket = new WebSocket(\n  \"\(Prose.escaped(url))\")")
        }
        let bodies = operation.value["requestBody"]?["content"]?["application/json"]?["examples"]
        guard let bodies, !bodies.members.isEmpty else {
            return Self.sample("curl", Prose.escaped(curl(operation)))
        }
        return bodies.members.map { _, example in
            Self.sample(
                example["summary"]?.text ?? "curl",
                Prose.escaped(curl(operation, example)))
        }.joined()
    }

    /// A piece of code with its title.
    static func sample(_ title: String, _ html: String) -> String {
        "<figure><figcaption>\(Prose.line(title))</figcaption><pre><code>\(html)</code></pre></figure>\n"
    }

    private func address(of operation: Operation) -> String {
        var path = operation.path
        var query: [String] = []
        for parameter in operation.value["parameters"]?.elements ?? [] {
            guard let name = parameter["name"]?.text, let example = parameter["example"]?.text
            else {
                continue
            }
            switch parameter["in"]?.text {
            case "path": path = path.replacing("{\(name)}", with: example)
            case "query": query.append("\(name)=\(example)")
            default: break
            }
        }
        return server + path + (query.isEmpty ? "" : "?" + query.joined(separator: "&"))
    }

    private func curl(_ operation: Operation, _ example: JSONTree = [:]) -> String {
        let body = example["value"]
        let isImplied = operation.method == (body == nil ? "GET" : "POST")
        var command = [
            "curl \(isImplied ? "" : "-X \(operation.method) ")'\(address(of: operation))'"
        ]
        // Where there is a choice, the example says what it comes with.
        let needed = operation.value["security"]?.elements.first?.members.first?.name
        if let name = example["x-security"]?.text ?? needed {
            let scheme = document.resolved("#/components/securitySchemes/\(name)")
            let isBearer = scheme?["type"]?.text == "http"
            let field = scheme?["name"]?.text ?? ""
            command.append(
                isBearer ? "-H 'Authorization: Bearer ACCESS_TOKEN'" : "-H '\(field): sha256=…'")
        }
        if let body {
            command.append("-H 'Content-Type: application/json'")
            command.append("-d '\(body.compact.replacing("'", with: "'\\''"))'")
        }
        return command.joined(separator: " \\\n  ")
    }
}
