extension Simulator {
    /// A message template in one language, as Meta has approved it.
    public struct Template: Sendable, Hashable {
        /// The name under which it is sent.
        public var name: String

        /// The language under which it is sent, such as `en_US`.
        public var language: String

        /// What stands above the body.
        public var header: String?

        /// The text; `{{1}}`, `{{2}}` and so on stand for the parameters of a send.
        public var body: String

        /// What stands below the body.
        public var footer: String?

        /// The labels of its quick reply buttons; what they carry is given with each send.
        public var quickReplies: [String]

        /// A template without header and footer.
        public init(name: String, language: String, body: String, quickReplies: [String] = []) {
            self.name = name
            self.language = language
            self.body = body
            self.quickReplies = quickReplies
        }
    }
}

extension Simulator.Template {
    /// How many parameters a send gives.
    var parameterCount: Int { pieces.compactMap(\.parameter).max() ?? 0 }

    /// The body with the parameters in their places; a parameter is text, whatever it looks like.
    func text(_ parameters: [String]) -> String {
        pieces.map { piece in
            let value = piece.parameter.flatMap { number in
                parameters.indices.contains(number - 1) ? parameters[number - 1] : nil
            }
            return piece.text + (value ?? "")
        }.joined()
    }

    /// The body, cut behind each placeholder: the text before it and its number.
    private var pieces: [(text: Substring, parameter: Int?)] {
        var (pieces, rest) = ([(text: Substring, parameter: Int?)](), body[...])
        while let start = rest.firstRange(of: "{{"),
            let end = rest[start.upperBound...].firstRange(of: "}}"),
            let number = Int(rest[start.upperBound..<end.lowerBound])
        {
            pieces.append((rest[..<start.lowerBound], number))
            rest = rest[end.upperBound...]
        }
        return pieces + [(rest, nil)]
    }
}
