extension SQLiteStore {
    /// Lifts all that keeps a person with that number from signing in, under any of its spellings.
    public func unblock(
        _ phone: PhoneNumber, at now: Timestamp
    ) async throws(StoreError) -> [Lifted] {
        try await writer.perform { db throws(SQLiteError) in
            let contact = try Rows.contact(phone, in: db)
            var lifted: [Lifted] = []
            if contact.lockedAt != nil { lifted.append(.lock) }
            if contact.failedMatches > 0 { lifted.append(.wrongNumbers) }
            if contact.block(at: now) != nil { lifted.append(.denyBlock) }
            try Rows.unblock(phone, in: db)
            if try Rows.forget(.prompts(to: phone), at: now, in: db) { lifted.append(.prompts) }
            for variant in phone.variants
            where try Rows.forget(.wrongCodes(of: variant.digits), at: now, in: db)
                && lifted.last != .wrongCodes
            {
                lifted.append(.wrongCodes)
            }
            guard !lifted.isEmpty else { return [] }
            let detail = lifted.map(\.rawValue).joined(separator: ", ")
            try Rows.record(.phoneUnblocked, phone: phone, detail: detail, at: now, in: db)
            return lifted
        }
    }
}

extension Rows {
    fileprivate static func unblock(
        _ phone: PhoneNumber, in db: SQLiteConnection
    ) throws(SQLiteError) {
        for variant in phone.variants {
            try db.run(
                """
                UPDATE contacts SET locked_at = NULL, failed_matches = 0, blocked_until = NULL
                WHERE phone = ?
                """, variant)
        }
    }
}
