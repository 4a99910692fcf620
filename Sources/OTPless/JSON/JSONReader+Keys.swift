/// RFC 8259 §4 leaves duplicate names open: readers differ in which one counts, and that is how one
/// part of a system is made to check what another does not use. Here they are refused.
extension JSONReader {
    func refuseDuplicates(firstKey: Int, count: Int) throws(JSONError) {
        guard count < Self.manyMembers, !hasEscapedKey(firstKey) else {
            return try refuseDuplicatesOfMany(firstKey, count)
        }
        var key = firstKey
        var seen: UInt64 = 0
        while key < nodes.count {
            // Only a key that falls on a mark set before can be a duplicate.
            let mark: UInt64 = 1 << UInt64(fingerprint(nodes[key]) & 63)
            if seen & mark != 0, isRepeated(key, from: firstKey) {
                throw .duplicateKey(at: Int(nodes[key].start))
            }
            seen |= mark
            key = Int(nodes[key + 1].next)
        }
    }

    private func hasEscapedKey(_ firstKey: Int) -> Bool {
        var key = firstKey
        while key < nodes.count {
            if !nodes[key].isPlain { return true }
            key = Int(nodes[key + 1].next)
        }
        return false
    }

    private func fingerprint(_ key: JSONNode) -> UInt32 {
        let length = key.end &- key.start
        let first = UInt32(bytes[Int(key.start) + 1])
        let last = UInt32(bytes[Int(key.end) - 2])
        return length &* 7 &+ first &* 5 &+ last
    }

    private func isRepeated(_ key: Int, from firstKey: Int) -> Bool {
        let wanted = bytes[nodes[key].content]
        var other = firstKey
        while other < key {
            if bytes[nodes[other].content] == wanted { return true }
            other = Int(nodes[other + 1].next)
        }
        return false
    }

    /// Linear, and hashed with the process's random seed: nobody can choose names that collide.
    ///
    /// Bytes, not strings: Swift's strings are equal when they are canonically equivalent.
    private func refuseDuplicatesOfMany(_ firstKey: Int, _ count: Int) throws(JSONError) {
        var seen = Set<ArraySlice<UInt8>>(minimumCapacity: count)
        var key = firstKey
        while key < nodes.count {
            let node = nodes[key]
            let raw = bytes[node.content]
            guard seen.insert(node.isPlain ? raw : JSONText.unescape(raw)[...]).inserted else {
                throw .duplicateKey(at: Int(node.start))
            }
            key = Int(nodes[key + 1].next)
        }
    }
}
