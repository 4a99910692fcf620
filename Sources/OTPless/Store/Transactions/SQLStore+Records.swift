/// What operators read.
extension SQLStore {
    /// Passes on the audit's records since a time, oldest first, in batches until one is not taken.
    ///
    /// Each batch is read by itself: a reader that takes its time is in nobody's way.
    public func records(
        since time: Timestamp, _ take: ([AuditRecord]) -> Bool
    ) async throws(StoreError) {
        var place = Rows.AuditPlace(at: time, id: -1)
        while true {
            let behind = place
            let records = try await perform { db async throws(StoreError) in
                try await Rows.records(behind: behind, in: db)
            }
            guard let last = records.last, take(records) else { return }
            place = Rows.AuditPlace(at: last.at, id: last.id)
        }
    }

    /// All that is kept of a person, at one moment; nil when there is nothing.
    public func export(
        of name: AccountName, at now: Timestamp
    ) async throws(StoreError) -> Export? {
        try await perform { db async throws(StoreError) in
            try await Export(of: name, at: now, in: db)
        }
    }
}
