/// What operators' commands do to accounts, beside a server that runs.
extension SQLStore {
    /// Deletes an account and all that is kept of the person.
    public func delete(
        _ name: AccountName, at now: Timestamp
    ) async throws(AccountFault) -> AccountChange {
        try await perform { db async throws(StoreError) in
            try await Self.resolve(name, in: db) { account async throws(StoreError) in
                let deleted = try await Rows.delete(
                    account, detail: "by the operator", at: now, in: db)
                guard let ended = deleted else { return .failure(.nobody) }
                return .success(
                    AccountChange(
                        user: account.user.id, phone: account.user.phone, devices: ended.count))
            }
        }
    }

    /// Gives an account another number.
    public func move(
        _ name: AccountName, to phone: PhoneNumber, at now: Timestamp
    ) async throws(AccountFault) -> AccountChange {
        try await perform { db async throws(StoreError) in
            try await Self.resolve(name, in: db) { account async throws(StoreError) in
                if let other = try await Rows.user(phone: phone, in: db) {
                    return .failure(other.id == account.user.id ? .unchanged : .taken(other.id))
                }
                let cancelled = try await Rows.move(account, to: phone, at: now, in: db)
                return .success(
                    AccountChange(
                        user: account.user.id, phone: account.user.phone,
                        cancelled: cancelled.count))
            }
        }
    }

    /// Records that what is kept of a person was exported.
    public func recordExport(
        of name: AccountName, users: [UserID], at now: Timestamp
    ) async throws(StoreError) {
        try await perform { db async throws(StoreError) in
            for user in users {
                let phone = try await Rows.user(user, in: db)?.phone
                try await Rows.record(.accountExported, phone: phone, user: user, at: now, in: db)
            }
            guard users.isEmpty, case .phone(let phone) = name else { return }
            try await Rows.record(.accountExported, phone: phone, at: now, in: db)
        }
    }

    private typealias Outcome = Result<AccountChange, AccountFault>

    private func perform(
        _ change: @escaping @Sendable (Transaction) async throws(StoreError) -> Outcome
    ) async throws(AccountFault) -> AccountChange {
        let outcome: Outcome
        do throws(StoreError) {
            outcome = try await perform(change)
        } catch {
            throw .store(error)
        }
        return try outcome.get()
    }

    /// Finds the one account that is meant.
    private static func resolve(
        _ name: AccountName, in db: Transaction,
        _ change: (Account) async throws(StoreError) -> Outcome
    ) async throws(StoreError) -> Outcome {
        let accounts = try await Rows.accounts(named: name, in: db)
        guard let account = accounts.first else { return .failure(.nobody) }
        guard accounts.count == 1 else { return .failure(.ambiguous(accounts.map(\.user.id))) }
        return try await change(account)
    }
}
