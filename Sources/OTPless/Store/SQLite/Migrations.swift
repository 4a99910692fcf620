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
        """
        CREATE TABLE logins_4 (
            id BLOB PRIMARY KEY,
            session_digest BLOB NOT NULL,
            answer_digest BLOB NOT NULL,
            code_challenge TEXT,
            phone TEXT,
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
            acknowledged_at INTEGER,
            message INTEGER NOT NULL DEFAULT 0,
            handovers INTEGER NOT NULL DEFAULT 0,
            code_digest BLOB,
            match_number INTEGER,
            code_sent_at INTEGER,
            hidden_sender TEXT
        ) STRICT, WITHOUT ROWID;
        INSERT INTO logins_4 (
            id, session_digest, answer_digest, code_challenge, phone, created_at, expires_at, name,
            user_agent, ip, device_type, notification_device_id, locale, state, delivery, wa_id,
            ended_at, user, is_new_user, family, acknowledged_at, message, handovers)
        SELECT
            id, session_digest, answer_digest, code_challenge, phone, created_at, expires_at, name,
            user_agent, ip, device_type, notification_device_id, locale, state, delivery, wa_id,
            ended_at, user, is_new_user, family, acknowledged_at, message, handovers
        FROM logins;
        DROP TABLE logins;
        ALTER TABLE logins_4 RENAME TO logins;
        CREATE INDEX logins_phone ON logins (phone) WHERE phone IS NOT NULL;
        CREATE INDEX logins_asked ON logins (phone)
            WHERE state = 0 AND (code_digest IS NULL OR code_sent_at IS NOT NULL);
        CREATE INDEX logins_wa_id ON logins (wa_id) WHERE state = 0 AND wa_id IS NOT NULL;
        CREATE INDEX logins_code ON logins (code_digest)
            WHERE state = 0 AND code_digest IS NOT NULL;
        CREATE INDEX logins_unsent ON logins (id)
            WHERE state = 0 AND code_digest IS NOT NULL AND code_sent_at IS NULL;
        CREATE INDEX logins_hidden ON logins (hidden_sender)
            WHERE state = 0 AND hidden_sender IS NOT NULL;

        ALTER TABLE users ADD COLUMN former_phone TEXT;
        CREATE INDEX users_former ON users (former_phone) WHERE former_phone IS NOT NULL;

        ALTER TABLE contacts ADD COLUMN identity_hash TEXT;
        ALTER TABLE contacts ADD COLUMN identity_at INTEGER;
        ALTER TABLE contacts ADD COLUMN failed_matches INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE contacts ADD COLUMN locked_at INTEGER;
        ALTER TABLE contacts ADD COLUMN changed_at INTEGER;

        CREATE TABLE user_ids (
            id TEXT PRIMARY KEY,
            phone TEXT NOT NULL,
            seen_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX user_ids_phone ON user_ids (phone);
        CREATE INDEX user_ids_seen ON user_ids (seen_at);

        CREATE TABLE limits (
            subject TEXT PRIMARY KEY,
            times BLOB NOT NULL,
            is_told INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX limits_expiry ON limits (expires_at);

        CREATE TABLE audit (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            event TEXT NOT NULL,
            phone TEXT,
            user BLOB,
            login BLOB,
            family BLOB,
            request TEXT,
            detail TEXT
        ) STRICT;
        CREATE INDEX audit_time ON audit (at);
        CREATE TRIGGER audit_is_append_only BEFORE UPDATE ON audit
            BEGIN SELECT RAISE (ABORT, 'audit records do not change'); END;
        """,
        """
        ALTER TABLE logins ADD COLUMN node BLOB;
        """,
    ]

    /// Brings a database up to date, all steps in one transaction with the version number; writes
    /// nothing where it is.
    ///
    /// - Throws: `SQLITE_SCHEMA` for a database that a newer server has made.
    static func run(on connection: SQLiteConnection) throws(SQLiteError) {
        guard try !isUpToDate(connection) else { return }
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

    /// Whether a database needs no step.
    ///
    /// - Throws: `SQLITE_SCHEMA` for a database that a newer server has made.
    static func isUpToDate(_ connection: SQLiteConnection) throws(SQLiteError) -> Bool {
        try version(of: connection) == steps.count
    }

    private static func version(of connection: SQLiteConnection) throws(SQLiteError) -> Int {
        let version = try connection.first("PRAGMA user_version") { Int($0.integer(0)) } ?? 0
        guard 0...steps.count ~= version else { throw SQLiteError(code: SQLITE_SCHEMA) }
        return version
    }

    /// A PRAGMA takes no bound value: the number is a literal, which the test of this type counts.
    private static func setVersion(on connection: SQLiteConnection) throws(SQLiteError) {
        try connection.script("PRAGMA user_version = 5")
    }
}
