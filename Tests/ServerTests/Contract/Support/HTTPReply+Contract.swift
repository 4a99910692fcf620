extension HTTPRequest {
    /// A request with a JSON body and an access token, if there are any.
    init(_ method: String, _ path: String, _ json: String? = nil, bearer: String? = nil) {
        self.init(method: method, path: path)
        if let json {
            body = Array(json.utf8)
            headers.append(("Content-Type", "application/json"))
        }
        if let bearer { headers.append(("Authorization", "Bearer \(bearer)")) }
    }
}

/// Sends all requests at once, each over a connection of its own, and then takes the replies.
func exchange(_ requests: [HTTPRequest], port: UInt16) throws -> [HTTPReply] {
    let sockets = try requests.map { request in
        let socket = try TCPSocket(port: port)
        try socket.send(request.bytes)
        return socket
    }
    return try sockets.map { try $0.takeReply() }
}

extension HTTPReply {
    /// Whether this is the error envelope with exactly these words, and whatever fields.
    func says(_ status: Int, _ code: String, _ message: String, _ details: String) -> Bool {
        let error = json["error"]
        return isError(status, code) && error["message"] == .text(message)
            && error["details"] == .text(details)
    }

    /// The fields that an error names.
    var faultyFields: [String?] { json["error"]["fields"].list.map { $0["field"].text } }

    /// The code of an error.
    var code: String? { json["error"]["code"].text }

    var data: JSON { json["data"] }
}

extension JSON {
    /// All names of members, at any depth.
    var allNames: Set<String> {
        switch self {
        case .object(let members):
            members.values.reduce(into: Set(members.keys)) { $0.formUnion($1.allNames) }
        case .list(let elements): elements.reduce(into: []) { $0.formUnion($1.allNames) }
        default: []
        }
    }
}
