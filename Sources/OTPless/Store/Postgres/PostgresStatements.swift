/// What a connection has prepared: a statement's text is parsed and planned by the server once.
///
/// A preparation that follows an error in the pipeline is skipped, so it counts for what comes behind
/// a synchronization point only once it was answered. Preparations outlive a rollback.
@safe struct PostgresStatements {
    struct Key: Hashable {
        /// A literal's address names it for as long as the process lives.
        let text: UInt
        let isLocking: Bool

        init(_ sql: StaticString, isLocking: Bool) {
            text = UInt(bitPattern: unsafe sql.utf8Start)
            self.isLocking = isLocking
        }
    }

    private struct Preparation {
        let name: String
        let types: [UInt32]
        /// The part of the pipeline in which it was sent; nil once it has been answered.
        var part: Int?
    }

    private var known: [Key: Preparation] = [:]
    /// Names are not used again: what was sent under one may still succeed.
    private var names = 0

    /// The name of what is prepared when a statement in that part of the pipeline is run.
    ///
    /// Nil also for other types: then the server would take one value for another.
    func name(_ key: Key, _ values: PostgresValues, in part: Int) -> String? {
        guard let preparation = known[key], preparation.part == nil || preparation.part == part,
            preparation.types.count == values.count,
            // A NULL fits any type; a type that the server has told itself is taken on trust.
            zip(preparation.types, values.types).allSatisfy({ $0 == $1 || $0 == 0 || $1 == 0 })
        else { return nil }
        return preparation.name
    }

    /// A preparation is sent; returns the name for it.
    mutating func prepare(_ key: Key, _ values: PostgresValues, in part: Int) -> String {
        names += 1
        let name = "s\(names)"
        known[key] = Preparation(name: name, types: values.types, part: part)
        return name
    }

    /// A preparation has been answered.
    mutating func answered(_ key: Key, _ name: String, isPrepared: Bool) {
        guard known[key]?.name == name else { return }
        if isPrepared { known[key]?.part = nil } else { known[key] = nil }
    }
}
