import CSQLite

/// The schema, as numbered steps that are only ever added.
enum Migrations {
    /// Step n brings `user_version` from n to n + 1.
    static let steps: [StaticString] = [
        """
        CREATE TABLE users (
            id BLOB PRIMARY KEY,
            phone TEXT UNIQUE,
            name TEXT,
            created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE logins (
            id BLOB PRIMARY KEY,
            session_digest BLOB NOT NULL,
            answer_digest BLOB NOT NULL,
            code_challenge TEXT,
            phone TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            name TEXT,
            user_agent TEXT,
            ip TEXT,
            device_type TEXT,
            notification_device_id TEXT,
            locale TEXT,
            state INTEGER NOT NULL,
            delivery INTEGER NOT NULL,
            wa_id TEXT,
            ended_at INTEGER,
            user BLOB,
            is_new_user INTEGER NOT NULL,
            family BLOB,
            acknowledged_at INTEGER
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE sent_messages (
            id TEXT PRIMARY KEY,
            login BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX sent_messages_login ON sent_messages (login);

        CREATE TABLE received_messages (
            id TEXT PRIMARY KEY,
            received_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX received_messages_time ON received_messages (received_at);

        CREATE TABLE families (
            id BLOB PRIMARY KEY,
            user BLOB NOT NULL,
            login BLOB NOT NULL,
            generation INTEGER NOT NULL,
            digest BLOB NOT NULL,
            rotations TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            last_used_at INTEGER NOT NULL,
            ended_at INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX families_user ON families (user) WHERE ended_at IS NULL;
        CREATE INDEX families_ended ON families (ended_at) WHERE ended_at IS NOT NULL;

        CREATE TABLE secrets (
            name TEXT PRIMARY KEY,
            value BLOB NOT NULL
        ) STRICT, WITHOUT ROWID;
        """,
        """
        ALTER TABLE logins ADD COLUMN message INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX logins_phone ON logins (phone);
        CREATE INDEX logins_wa_id ON logins (wa_id) WHERE state = 0 AND wa_id IS NOT NULL;

        ALTER TABLE sent_messages ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE contacts (
            phone TEXT PRIMARY KEY,
            last_inbound_at INTEGER,
            blocked_until INTEGER,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX contacts_expiry ON contacts (expires_at);

        DROP INDEX families_user;
        CREATE INDEX families_user ON families (user);
        ALTER TABLE families ADD COLUMN device_type TEXT;
        ALTER TABLE families ADD COLUMN user_agent TEXT;
        ALTER TABLE families ADD COLUMN ip TEXT;
        ALTER TABLE families ADD COLUMN notification_device_id TEXT;
        """,
        """
        ALTER TABLE logins ADD COLUMN handovers INTEGER NOT NULL DEFAULT 0;
        DROP INDEX families_user;
        CREATE INDEX families_user ON families (user, ended_at);
        """,
    ]

    /// Brings a database up to date, all steps in one transaction with the version number; writes
    /// nothing where it is.
    ///
    /// - Throws: `SQLITE_SCHEMA` for a database that a newer server has made.
    static func run(on connection: SQLiteConnection) throws(SQLiteError) {
        guard try version(of: connection) != steps.count else { return }
        try connection.run("BEGIN IMMEDIATE")
        do throws(SQLiteError) {
            // Another server may have been faster.
            for step in steps.dropFirst(try version(of: connection)) { try connection.script(step) }
            try setVersion(on: connection)
            try connection.run("COMMIT")
        } catch {
            try? connection.run("ROLLBACK")
            throw error
        }
    }

    private static func version(of connection: SQLiteConnection) throws(SQLiteError) -> Int {
        let version = try connection.first("PRAGMA user_version") { Int($0.integer(0)) } ?? 0
        guard 0...steps.count ~= version else { throw SQLiteError(code: SQLITE_SCHEMA) }
        return version
    }

    /// A PRAGMA takes no bound value: the number is a literal, which the test of this type counts.
    private static func setVersion(on connection: SQLiteConnection) throws(SQLiteError) {
        try connection.script("PRAGMA user_version = 3")
    }
}
