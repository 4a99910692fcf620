extension JSONValue {
    /// What an array holds, in order; nothing if the value is not an array.
    public var elements: Elements { Elements(parent: self) }

    /// What an object holds, in the order of the text; nothing if the value is not an object.
    public var members: Members { Members(parent: self) }

    /// The elements of an array.
    public struct Elements: Sequence, Sendable {
        let parent: JSONValue

        /// Starts at the first element.
        public func makeIterator() -> Iterator {
            Iterator(document: parent.document, children: parent.children(of: .array))
        }

        /// Walks over the elements of an array.
        public struct Iterator: IteratorProtocol, Sendable {
            let document: JSONDocument
            var children: Range<Int>

            /// The next element, or nil at the end.
            public mutating func next() -> JSONValue? {
                guard let index = children.first else { return nil }
                children = document.rest(of: children, after: index)
                return JSONValue(document: document, index: index)
            }
        }
    }

    /// The members of an object.
    public struct Members: Sequence, Sendable {
        let parent: JSONValue

        /// Starts at the first member.
        public func makeIterator() -> Iterator {
            Iterator(document: parent.document, children: parent.children(of: .object))
        }

        /// Walks over the members of an object.
        public struct Iterator: IteratorProtocol, Sendable {
            let document: JSONDocument
            var children: Range<Int>

            /// The next member, its name with escapes resolved, or nil at the end.
            public mutating func next() -> (key: String, value: JSONValue)? {
                guard let index = children.first,
                    let key = JSONValue(document: document, index: index).string
                else { return nil }
                children = document.rest(of: children, after: index + 1)
                return (key, JSONValue(document: document, index: index + 1))
            }
        }
    }

    /// The nodes behind a container of that kind; empty for any other value.
    private func children(of kind: Kind) -> Range<Int> {
        guard self.kind == kind else { return index..<index }
        return index + 1..<Int(document.nodes[index].next)
    }
}

extension JSONDocument {
    fileprivate func rest(of children: Range<Int>, after index: Int) -> Range<Int> {
        Int(nodes[index].next)..<children.upperBound
    }
}
