extension SQLStore {
    /// Lifts all that keeps a person with that number from signing in, under any of its spellings.
    public func unblock(
        _ phone: PhoneNumber, at now: Timestamp
    ) async throws(StoreError) -> [Lifted] {
        try await perform { db async throws(StoreError) in
            try await Rows.lock([.prompts(to: phone)], at: now, in: db)
            let contact = try await Rows.contact(phone, in: db)
            var lifted: [Lifted] = []
            if contact.lockedAt != nil { lifted.append(.lock) }
            if contact.failedMatches > 0 { lifted.append(.wrongNumbers) }
            if contact.block(at: now) != nil { lifted.append(.denyBlock) }
            try await Rows.unblock(phone, in: db)
            if try await Rows.forget(.prompts(to: phone), at: now, in: db) {
                lifted.append(.prompts)
            }
            for variant in phone.variants
            where try await Rows.forget(.wrongCodes(of: variant.digits), at: now, in: db)
                && lifted.last != .wrongCodes
            {
                lifted.append(.wrongCodes)
            }
            guard !lifted.isEmpty else { return [] }
            let detail = lifted.map(\.rawValue).joined(separator: ", ")
            try await Rows.record(.phoneUnblocked, phone: phone, detail: detail, at: now, in: db)
            return lifted
        }
    }
}

extension Rows {
    fileprivate static func unblock(
        _ phone: PhoneNumber, in db: Transaction
    ) async throws(StoreError) {
        for variant in phone.variants {
            try await db.run(
                """
                UPDATE contacts SET locked_at = NULL, failed_matches = 0, blocked_until = NULL
                WHERE phone = $1
                """, variant)
        }
    }
}
