import OTPless
import TestSupport

/// `/openapi.json` as a server sends it.
struct APIDescription {
    /// A method of a path.
    struct Operation {
        let name: String
        let value: JSON
    }

    let document: JSON
    let check: SchemaCheck

    init(_ server: LiveServer) throws {
        let reply = try server.call("GET", "/openapi.json")
        guard reply.status == 200 else { throw Fault("no description: \(reply)") }
        document = reply.json
        check = SchemaCheck(document: document)
    }

    /// All of them, by names such as `GET /api/user/me`.
    var operations: [Operation] {
        let paths = document["paths"]
        return paths.names.sorted().flatMap { path in
            paths[path].names.sorted().map { method in
                Operation(name: "\(method.uppercased()) \(path)", value: paths[path][method])
            }
        }
    }

    /// What is said of a reply, a reference followed.
    func response(_ operation: String, _ status: Int) -> JSON {
        let operation = operations.first { $0.name == operation }?.value ?? .null
        return resolved(operation["responses"]["\(status)"])
    }

    /// The schema of an operation's request.
    func request(_ operation: String) -> JSON {
        let operation = operations.first { $0.name == operation }?.value ?? .null
        return resolved(operation["requestBody"]["content"]["application/json"]["schema"])
    }

    func resolved(_ value: JSON) -> JSON {
        value["$ref"].text.map { check.target(of: $0) } ?? value
    }

    /// What in a reply is not as the description has it.
    func faults(_ reply: HTTPReply, to operation: String) -> [String] {
        let response = response(operation, reply.status)
        guard response != .null else { return ["\(operation) has no \(reply.status)"] }
        let type = String((reply["Content-Type"] ?? "").prefix { $0 != ";" })
        let schema = response["content"][type]["schema"]
        let value = type == "application/json" ? reply.json : .text(reply.text)
        let missing = response["headers"].names.filter { name in
            resolved(response["headers"][name])["required"] == .bool(true) && reply[name] == nil
        }
        return missing.map { "\(operation): no \($0)" }
            + check.faults(value, schema).map { "\(operation) \(reply.status): \($0)" }
    }

    /// All objects of the document, each with its place.
    func walk(_ visit: (_ place: String, _ value: JSON) -> Void) {
        func walk(_ value: JSON, _ place: String) {
            visit(place, value)
            for (index, element) in value.list.enumerated() { walk(element, "\(place)/\(index)") }
            for name in value.names.sorted() { walk(value[name], "\(place)/\(name)") }
        }
        walk(document, "#")
    }
}
