import OTPless

extension DocsPage {
    /// What an operation answers: its own replies in full, and those of any request by number.
    func responses(of operation: Operation) -> String {
        let all = operation.value["responses"]?.members ?? []
        let own = all.filter { $0.value["$ref"] == nil }
        let shared = all.compactMap { status, response in
            response["$ref"]?.text.map { (status, $0.split(separator: "/").last ?? "") }
        }
        let links = shared.map { status, name in "<a href=\"#\(name)\">\(status)</a>" }
        let note =
            links.isEmpty
            ? ""
            : "<p class=\"also\">As <a href=\"#any-request\">any request</a>: \(links.joined(separator: " "))</p>\n"
        let replies = own.map { reply($0.name, $0.value, of: operation) }
        return "<h4>Replies</h4>\n" + replies.joined() + note
    }

    private func reply(_ status: String, _ response: JSONTree, of operation: Operation) -> String {
        let isOpen = status.hasPrefix("2") || status == "101"
        let content = response["content"]?.members.first
        return """
            <details class="reply"\(isOpen ? " open" : "")>
            <summary><span class="status s\(status.prefix(1))">\(status)</span> \
            \(Prose.line(response["description"]?.text ?? ""))</summary>
            <div class="two">
            <div>
            \(codes(content?.value))
            \(data(content?.value))
            \(headers(response))
            </div>
            <div>
            \(examples(content))
            </div>
            </div>
            </details>

            """
    }

    /// The codes of an error's reply.
    private func codes(_ content: JSONTree?) -> String {
        let codes = content?["schema"]?["properties"]?["error"]?["properties"]?["code"]?["enum"]
        let items = (codes?.elements ?? []).compactMap(\.text).map { code in
            let error = document.resolved("#/components/examples/\(code)")?["value"]?["error"]
            return "<li><a href=\"#\(code)\"><code>\(code)</code></a> "
                + "\(Prose.escaped(error?["message"]?.text ?? ""))</li>\n"
        }
        return items.isEmpty ? "" : "<ul class=\"codes\">\n\(items.joined())</ul>"
    }

    private func data(_ content: JSONTree?) -> String {
        guard let data = content?["schema"]?["properties"]?["data"] else { return "" }
        let fields = fields(of: data)
        return fields.isEmpty ? "" : "<h5><code>data</code></h5>\n" + list(fields)
    }

    private func headers(_ response: JSONTree) -> String {
        let usual: Set = ["X-Request-Id", "Cache-Control"]
        let fields = (response["headers"]?.members ?? []).filter { !usual.contains($0.name) }
        guard !fields.isEmpty else { return "" }
        let list = fields.map { name, value in
            let header = resolved(value)
            var schema = header["schema"] ?? [:]
            schema["description"] = header["description"]
            return Field(name: name, schema: schema)
        }
        return "<h5>Header</h5>\n" + self.list(list)
    }

    /// The bodies of a reply: all of a success, one of an error, the code that is most its own.
    private func examples(_ content: (name: String, value: JSONTree)?) -> String {
        guard let content else { return "" }
        if let example = content.value["example"]?.text {
            return Self.sample(content.name, Prose.escaped(example))
        }
        let all = content.value["examples"]?.members ?? []
        let isError = content.value["schema"]?["$ref"]?.text == "#/components/schemas/Error"
        return all.suffix(isError ? 1 : all.count).map { _, example in
            let example = resolved(example)
            let title = example["summary"]?.text ?? "Body"
            return Self.sample(title, example["value"]?.sample ?? "")
        }.joined()
    }

    // MARK: WebSocket

    /// What is said on a WebSocket, by whom, and how it ends.
    func frames(of operation: Operation) -> String {
        guard let socket = operation.value["x-websocket"] else { return "" }
        let codes = (socket["closeCodes"]?.elements ?? []).map { code in
            "<div><dt><code>\(code["code"]?.compact ?? "")</code></dt>"
                + "<dd>\(Prose.line(code["description"]?.text ?? ""))</dd></div>\n"
        }
        return """
            <h4>Frames of the server</h4>
            \((socket["server"]?.elements ?? []).map(frame).joined())
            <h4>Frames of the page</h4>
            \((socket["client"]?.elements ?? []).map(frame).joined())
            <h4>Close codes</h4>
            <dl class="fields">
            \(codes.joined())</dl>
            """
    }

    private func frame(_ reference: JSONTree) -> String {
        let schema = resolved(reference)
        let event = schema["properties"]?["event"]?["const"]?.text ?? ""
        let fields = schema["properties"]?["data"].map { self.fields(of: $0) } ?? []
        let examples = (schema["examples"]?.elements ?? []).map { Self.sample("Frame", $0.sample) }
        return """
            <details class="reply">
            <summary><code>\(Prose.escaped(event))</code> \
            \(Prose.line(schema["description"]?.text ?? ""))</summary>
            <div class="two">
            <div>\(fields.isEmpty ? "" : "<h5><code>data</code></h5>\n" + list(fields))</div>
            <div>\(examples.joined())</div>
            </div>
            </details>

            """
    }

    // MARK: Errors

    /// The replies that have nothing to do with what was asked for.
    var anyRequest: String {
        let replies = (document["components"]?["responses"]?.members ?? []).map { name, response in
            let content = response["content"]?["application/json"]
            let status = content?["schema"]?["properties"]?["statusCode"]?["const"]?.compact ?? ""
            return
                "<div><dt id=\"\(name)\"><span class=\"status s\(status.prefix(1))\">\(status)</span> "
                + "\(codes(content))</dt>\n"
                + "<dd>\(Prose.line(response["description"]?.text ?? ""))</dd></div>\n"
        }
        return """
            <section>
            \(Self.heading(2, id: "any-request", "Any request"))
            <p>What a request may be answered with whatever it asks for.</p>
            <dl class="fields wide">
            \(replies.joined())</dl>
            </section>

            """
    }

    /// All codes, with where they come from.
    var catalogue: String {
        let users = users
        let items = (document["components"]?["examples"]?.members ?? []).map { code, example in
            let body = example["value"]
            let error = body?["error"]
            let status = body?["statusCode"]?.compact ?? ""
            let from = (users[code] ?? []).map {
                "<a href=\"#\($0.id)\">\(Prose.escaped($0.summary))</a>"
            }
            return """
                <div>
                <dt id="\(code)"><span class="status s\(status.prefix(1))">\(status)</span> \
                <a href="#\(code)"><code>\(code)</code></a></dt>
                <dd>\(Prose.escaped(error?["message"]?.text ?? "")). \
                \(Prose.escaped(error?["details"]?.text ?? "")).\
                \(from.isEmpty ? "" : " <small>\(from.joined(separator: " · "))</small>")</dd>
                </div>

                """
        }
        return """
            <section>
            \(Self.heading(2, id: "errors", "Errors"))
            <p>Decide on <code>code</code>. <code>message</code> belongs to the code; <code>details</code>
            may say more than the sentence below. Where fields are at fault, <code>error.fields</code> lists them.</p>
            <dl class="fields wide">
            \(items.joined())</dl>
            </section>
            """
    }

    /// The operations that name a code among their own replies.
    private var users: [String: [Operation]] {
        var users: [String: [Operation]] = [:]
        for operation in operations {
            for (_, response) in operation.value["responses"]?.members ?? [] {
                let examples = response["content"]?["application/json"]?["examples"]?.members ?? []
                for (code, example) in examples where example["$ref"] != nil {
                    users[code, default: []].append(operation)
                }
            }
        }
        return users
    }
}
