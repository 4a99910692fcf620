import OTPless

extension APIDocument {
    /// Writes out what the file abbreviates, and adds the catalogue of errors.
    mutating func expand() {
        let always = tree["x-every-request"]?.members ?? []
        tree["x-every-request"] = nil
        let paths = (tree["paths"]?.members ?? []).map { path, item in
            (path, JSONTree.object(item.members.map { ($0, Self.operation($1, always)) }))
        }
        tree["paths"] = .object(paths)
        var components = tree["components"] ?? [:]
        let shared = components["responses"]?.members ?? []
        components["responses"] = .object(shared.map { ($0, Self.response($1)) })
        components["examples"] = .object(
            Failure.Code.allCases.map { ($0.rawValue, ["value": Self.envelope($0)]) })
        var schemas = components["schemas"] ?? [:]
        schemas["ErrorCode"]?["enum"] = .array(Failure.Code.allCases.map { .text($0.rawValue) })
        components["schemas"] = schemas
        tree["components"] = components
    }

    /// Adds what any request may be answered with; the operation's own reply of a status wins.
    private static func operation(
        _ operation: JSONTree, _ always: [(name: String, value: JSONTree)]
    ) -> JSONTree {
        let own = operation["responses"]?.members ?? []
        let others = always.filter { other in !own.contains { $0.name == other.name } }
        let all = own.map { ($0, response($1, status: Int($0) ?? 200)) } + others
        var operation = operation
        operation["responses"] = .object(all.sorted { $0.0 < $1.0 })
        return operation
    }

    private static func response(_ response: JSONTree, status: Int = 200) -> JSONTree {
        if let codes = response["x-errors"] {
            return failed(
                response, codes.elements.compactMap { $0.text.flatMap(Failure.Code.init) })
        }
        guard let success = response["x-success"] else { return response }
        return succeeded(response, success, status: status)
    }

    /// `x-errors` lists the codes of a reply: its schema, and an example of each.
    private static func failed(_ response: JSONTree, _ codes: [Failure.Code]) -> JSONTree {
        let names = codes.map(\.rawValue)
        let schema: JSONTree = [
            "$ref": "#/components/schemas/Error",
            "properties": [
                "statusCode": ["const": .number(codes.first?.status ?? 500)],
                "error": ["properties": ["code": ["enum": .array(names.map { .text($0) })]]],
            ],
        ]
        return enveloped(
            response, schema: schema,
            examples: .object(names.map { ($0, .reference("examples", $0)) }))
    }

    /// `x-success` has the message, the schema of `data`, and one example or several of `data`.
    private static func succeeded(
        _ response: JSONTree, _ success: JSONTree, status: Int
    ) -> JSONTree {
        let message = success["message"] ?? ""
        let schema: JSONTree = [
            "$ref": "#/components/schemas/Success",
            "properties": [
                "statusCode": ["const": .number(status)], "message": ["const": message],
                "data": success["data"] ?? [:],
            ],
        ]
        var examples = success["examples"]?.members ?? []
        if let example = success["example"] { examples.append(("example", ["value": example])) }
        let whole = examples.map { name, example in
            var example = example
            example["value"] = [
                "status": "success", "statusCode": .number(status), "message": message,
                "data": example["value"] ?? [:],
            ]
            return (name, example)
        }
        return enveloped(response, schema: schema, examples: .object(whole))
    }

    /// The reply with what every envelope has.
    private static func enveloped(
        _ response: JSONTree, schema: JSONTree, examples: JSONTree
    ) -> JSONTree {
        var headers: JSONTree = [
            "X-Request-Id": .reference("headers", "X-Request-Id"),
            "Cache-Control": .reference("headers", "No-Store"),
        ]
        for (name, header) in response["headers"]?.members ?? [] { headers[name] = header }
        var reply: JSONTree = [
            "description": response["description"] ?? "", "headers": headers,
            "content": ["application/json": ["schema": schema, "examples": examples]],
        ]
        reply["links"] = response["links"]
        return reply
    }

    /// An error as it is sent, in its catalogue's words.
    private static func envelope(_ code: Failure.Code) -> JSONTree {
        let failure = Failure(code, retryAfter: code.status == 429 ? 57 : nil)
        let document = try? JSONDocument(Envelope(failure).body)
        return document.map { JSONTree($0.root) } ?? [:]
    }
}
