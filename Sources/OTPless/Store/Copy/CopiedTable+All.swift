/// The tables, with the statements that copy them.
///
/// A column that a step of either schema adds belongs in here, too; a test compares.
extension CopiedTable {
    static let all = [
        users, logins, sentMessages, receivedMessages, families, secrets, contacts, userIDs, limits,
        audit,
    ]

    private static let users = CopiedTable(
        name: "users",
        kinds: [
            .blob, .text, .text, .text, .integer,
        ],
        count: "SELECT count(*) FROM users",
        page: """
            SELECT id, phone, former_phone, name, created_at
            FROM users WHERE id > $1 ORDER BY id LIMIT $2
            """,
        insert: """
            INSERT INTO users (
                id, phone, former_phone, name, created_at)
            VALUES (
                $1, $2, $3, $4, $5)
            """)

    private static let logins = CopiedTable(
        name: "logins",
        kinds: [
            .blob, .blob, .blob, .text, .blob, .integer, .text, .text, .text,
            .integer, .integer, .integer, .integer, .integer, .text, .text, .text,
            .text, .text, .text, .integer, .integer, .integer, .blob, .integer, .blob,
            .integer, .blob,
        ],
        count: "SELECT count(*) FROM logins",
        page: """
            SELECT id, session_digest, answer_digest, code_challenge, code_digest,
            match_number, phone, wa_id, hidden_sender, created_at, expires_at,
            code_sent_at, ended_at, acknowledged_at, name, user_agent, ip,
            device_type, notification_device_id, locale, state, delivery, message,
            "user", is_new_user, family, handovers, node
            FROM logins WHERE id > $1 ORDER BY id LIMIT $2
            """,
        insert: """
            INSERT INTO logins (
                id, session_digest, answer_digest, code_challenge, code_digest,
                match_number, phone, wa_id, hidden_sender, created_at, expires_at,
                code_sent_at, ended_at, acknowledged_at, name, user_agent, ip,
                device_type, notification_device_id, locale, state, delivery,
                message, "user", is_new_user, family, handovers, node)
            VALUES (
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
            """)

    private static let sentMessages = CopiedTable(
        name: "sent_messages",
        kinds: [
            .text, .blob, .integer,
        ],
        count: "SELECT count(*) FROM sent_messages",
        page: """
            SELECT id, login, kind
            FROM sent_messages WHERE id > $1 ORDER BY id LIMIT $2
            """,
        insert: """
            INSERT INTO sent_messages (
                id, login, kind)
            VALUES (
                $1, $2, $3)
            """)

    private static let receivedMessages = CopiedTable(
        name: "received_messages",
        kinds: [
            .text, .integer,
        ],
        count: "SELECT count(*) FROM received_messages",
        page: """
            SELECT id, received_at
            FROM received_messages WHERE id > $1 ORDER BY id LIMIT $2
            """,
        insert: """
            INSERT INTO received_messages (
                id, received_at)
            VALUES (
                $1, $2)
            """)

    private static let families = CopiedTable(
        name: "families",
        kinds: [
            .blob, .blob, .blob, .integer, .blob, .text, .integer, .integer, .integer,
            .text, .text, .text, .text,
        ],
        count: "SELECT count(*) FROM families",
        page: """
            SELECT id, "user", login, generation, digest, rotations, created_at,
            last_used_at, ended_at, device_type, user_agent, ip,
            notification_device_id
            FROM families WHERE id > $1 ORDER BY id LIMIT $2
            """,
        insert: """
            INSERT INTO families (
                id, "user", login, generation, digest, rotations, created_at,
                last_used_at, ended_at, device_type, user_agent, ip,
                notification_device_id)
            VALUES (
                $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            """)

    private static let secrets = CopiedTable(
        name: "secrets",
        kinds: [
            .text, .blob,
        ],
        count: "SELECT count(*) FROM secrets",
        page: """
            SELECT name, value
            FROM secrets WHERE name > $1 ORDER BY name LIMIT $2
            """,
        insert: """
            INSERT INTO secrets (
                name, value)
            VALUES (
                $1, $2)
            """)

    private static let contacts = CopiedTable(
        name: "contacts",
        kinds: [
            .text, .integer, .integer, .text, .integer, .integer, .integer, .integer,
            .integer,
        ],
        count: "SELECT count(*) FROM contacts",
        page: """
            SELECT phone, last_inbound_at, blocked_until, identity_hash, identity_at,
            failed_matches, locked_at, changed_at, expires_at
            FROM contacts WHERE phone > $1 ORDER BY phone LIMIT $2
            """,
        insert: """
            INSERT INTO contacts (
                phone, last_inbound_at, blocked_until, identity_hash, identity_at,
                failed_matches, locked_at, changed_at, expires_at)
            VALUES (
                $1, $2, $3, $4, $5, $6, $7, $8, $9)
            """)

    private static let userIDs = CopiedTable(
        name: "user_ids",
        kinds: [
            .text, .text, .integer,
        ],
        count: "SELECT count(*) FROM user_ids",
        page: """
            SELECT id, phone, seen_at
            FROM user_ids WHERE id > $1 ORDER BY id LIMIT $2
            """,
        insert: """
            INSERT INTO user_ids (
                id, phone, seen_at)
            VALUES (
                $1, $2, $3)
            """)

    private static let limits = CopiedTable(
        name: "limits",
        kinds: [
            .text, .blob, .integer, .integer,
        ],
        count: "SELECT count(*) FROM limits",
        page: """
            SELECT subject, times, is_told, expires_at
            FROM limits WHERE subject > $1 ORDER BY subject LIMIT $2
            """,
        insert: """
            INSERT INTO limits (
                subject, times, is_told, expires_at)
            VALUES (
                $1, $2, $3, $4)
            """)

    private static let audit = CopiedTable(
        name: "audit",
        kinds: [
            .integer, .integer, .text, .text, .blob, .blob, .blob, .text, .text,
        ],
        count: "SELECT count(*) FROM audit",
        page: """
            SELECT id, at, event, phone, "user", login, family, request, detail
            FROM audit WHERE id > $1 ORDER BY id LIMIT $2
            """,
        insert: """
            INSERT INTO audit (
                id, at, event, phone, "user", login, family, request, detail)
            VALUES (
                $1, $2, $3, $4, $5, $6, $7, $8, $9)
            """)
}
