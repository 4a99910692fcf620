import OTPless

extension Command {
    static let user = Command(
        name: "user", summary: "export, delete or move a person's account",
        help: """
            usage: otpless-server user export WHO [--env-file FILE]
                   otpless-server user delete WHO [--env-file FILE]
                   otpless-server user move WHO NUMBER [--env-file FILE]

              WHO               a number with + and country code, or a user id
            \(Options.help)

            export prints all that is kept of a person, one JSON document. delete does what
            DELETE /api/user/me does, and does not ask. move gives an account another number: its
            devices stay signed in, what is pending for the old number is given up.

            An account whose number has changed hands is found by the number that it had. Where that
            means several, delete and move name them, and do nothing until one is named by its id. A
            server may run meanwhile: it knows within a second. Run it in the server's folder, as its
            user or as root. Exit status 1 when there is nobody.
            """
    ) { await UserCommand.run($0) }
}

/// `otpless-server user`: what operators do with accounts.
enum UserCommand {
    static func run(_ arguments: [String]) async -> ExitStatus {
        do throws(UsageFault) {
            let given = try OperatorArguments(arguments)
            _ = try Options(given.rest)
            let deed = try Deed(given.words)
            return await Configured.run("user", given.rest) { configured in
                await run(deed, configured.config)
            }
        } catch {
            return Command.complain("user", error.description)
        }
    }

    /// What is asked for.
    private enum Deed {
        case export(AccountName)
        case delete(AccountName)
        case move(AccountName, to: PhoneNumber)

        init(_ words: [String]) throws(UsageFault) {
            switch (words.first, words.count) {
            case ("export", 2): self = .export(try Self.name(words[1]))
            case ("delete", 2): self = .delete(try Self.name(words[1]))
            case ("move", 3):
                guard let phone = PhoneNumber(words[2]) else {
                    throw UsageFault(
                        description: "the new number must have + and country code")
                }
                self = .move(try Self.name(words[1]), to: phone)
            default:
                throw UsageFault(description: "takes export WHO, delete WHO or move WHO NUMBER")
            }
        }

        private static func name(_ word: String) throws(UsageFault) -> AccountName {
            guard let name = AccountName(word) else {
                throw UsageFault(
                    description: "WHO must be a number with + and country code, or a user id")
            }
            return name
        }
    }

    private static func run(_ deed: Deed, _ config: Config) async -> ExitStatus {
        let now = SystemClock().now
        do throws(AccountFault) {
            switch deed {
            case .export(let name): return try await export(name, config, at: now)
            case .delete(let name):
                let change = try await change(config) { store throws(AccountFault) in
                    try await store.delete(name, at: now)
                }
                return Terminal.tell(
                    "\(change.user): deleted; devices signed out: \(change.devices)")
            case .move(let name, let phone):
                let change = try await change(config) { store throws(AccountFault) in
                    try await store.move(name, to: phone, at: now)
                }
                return Terminal.tell(
                    "\(change.user): moved from \(change.phone.masked) to \(phone.masked), "
                        + "pending logins given up: \(change.cancelled)")
            }
        } catch {
            return complain(error, config)
        }
    }

    private static func export(
        _ name: AccountName, _ config: Config, at now: Timestamp
    ) async throws(AccountFault) -> ExitStatus {
        let found: Export?
        do throws(StoreError) {
            let opened = try await OperatorStore(config)
            defer { opened.close() }
            found = try await opened.store.export(of: name, at: now)
            // First the record: nobody gets what is not recorded.
            if let found {
                try await opened.store.recordExport(of: name, users: found.users, at: now)
            }
        } catch {
            throw .store(error)
        }
        guard let found else { throw .nobody }
        return Terminal.tell(String(decoding: found.json, as: UTF8.self))
    }

    private static func change(
        _ config: Config,
        _ change: (any SQLStore) async throws(AccountFault) -> AccountChange
    ) async throws(AccountFault) -> AccountChange {
        let opened: OperatorStore
        do throws(StoreError) {
            opened = try await OperatorStore(config)
        } catch {
            throw .store(error)
        }
        defer { opened.close() }
        return try await change(opened.store)
    }

    private static func complain(_ fault: AccountFault, _ config: Config) -> ExitStatus {
        let problem: String
        switch fault {
        case .store(let error): return Terminal.complain(error, of: config)
        case .nobody: problem = "there is nobody with that number or id"
        case .unchanged: problem = "the account has that number"
        case .taken(let user): problem = "the new number has an account: \(user)"
        case .ambiguous(let users):
            problem =
                "several accounts have or had that number; name one by its id: "
                + users.map(\.description).joined(separator: " ")
        }
        Terminal.complain("otpless-server user: \(problem)")
        return .failed
    }
}
