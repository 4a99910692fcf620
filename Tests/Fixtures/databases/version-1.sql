-- A database as the first schema kept it, with a row of everything.
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

INSERT INTO users VALUES (x'01a3185c5000783c8607000000000001', '16505550142', 'Ada', 1800000000000);
INSERT INTO logins (id, session_digest, answer_digest, phone, created_at, expires_at, user_agent, ip, state, delivery,
    wa_id, ended_at, user, is_new_user, family)
VALUES (x'01a3185c5000783c8607000000000002', x'1111111111111111111111111111111111111111111111111111111111111111', x'1111111111111111111111111111111111111111111111111111111111111111', '16505550142', 1800000000000, 1800000300000, 'curl/8', '::1', 1, 2, '16505550142',
    1800000001000, x'01a3185c5000783c8607000000000001', 1, x'01a3185c5000783c8607000000000003');
INSERT INTO logins (id, session_digest, answer_digest, phone, created_at, expires_at, state, delivery, is_new_user)
VALUES (x'01a3185c5000783c8607000000000004', x'1111111111111111111111111111111111111111111111111111111111111111', x'1111111111111111111111111111111111111111111111111111111111111111', '16505550143', 1800000000000, 1800000300000, 0, 1, 0);
INSERT INTO sent_messages VALUES ('wamid.1', x'01a3185c5000783c8607000000000002'), ('wamid.2', x'01a3185c5000783c8607000000000004');
INSERT INTO received_messages VALUES ('wamid.in', 1800000001000);
INSERT INTO families VALUES (x'01a3185c5000783c8607000000000003', x'01a3185c5000783c8607000000000001', x'01a3185c5000783c8607000000000002', 0, x'1111111111111111111111111111111111111111111111111111111111111111', '', 1800000002000, 1800000002000, NULL);
INSERT INTO secrets VALUES ('refresh', x'1111111111111111111111111111111111111111111111111111111111111111');
PRAGMA user_version = 1;
