/// What nodes tell each other through the database.
extension PostgresStore {
    /// What a node learns when it shows that it lives.
    package struct Pulse: Sendable {
        /// The other nodes that live.
        let peers: [NodeID]

        /// The logins that have ended while their pages wait here, and of which they have no tokens.
        let untold: [LoginID]

        /// The families that have ended.
        let ended: [EndedFamily]

        /// The database's time.
        let clock: Timestamp
    }

    /// Notes that a node lives; reads what hints may have failed to tell since a time.
    package func pulse(
        of node: NodeID, startedAt: Timestamp, since time: Timestamp, at now: Timestamp
    ) async throws(StoreError) -> Pulse {
        try await perform { db async throws(StoreError) in
            let clock = try await db.first(
                """
                INSERT INTO nodes (id, started_at, seen_at) VALUES ($1, $2, $3)
                ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
                RETURNING floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint
                """, node, startedAt, now
            ) { row in Timestamp(milliseconds: row.integer(0)) }
            try await db.run("DELETE FROM nodes WHERE seen_at < $1", now - Self.nodeMemory)
            let peers: [NodeID] = try await db.all(
                "SELECT id FROM nodes WHERE id <> $1 AND seen_at > $2", node,
                now - Self.nodeLife
            ) { row throws(StoreError) in try row.id(0) }
            let untold: [LoginID] = try await db.all(
                """
                SELECT id FROM logins
                WHERE node = $1 AND ended_at >= $2 AND family IS NULL
                """, node, time
            ) { row throws(StoreError) in try row.id(0) }
            let ended = try await Rows.families(endedSince: time, in: db)
            return Pulse(peers: peers, untold: untold, ended: ended, clock: clock ?? now)
        }
    }

    /// A node goes: nobody need tell it anything.
    package func leave(_ node: NodeID) async throws(StoreError) {
        try await perform { db async throws(StoreError) in
            try await db.run("DELETE FROM nodes WHERE id = $1", node)
        }
    }

    /// A node that was not seen for so long is told nothing; its clock may differ from ours by a part of it.
    private static let nodeLife = Duration.seconds(15)

    /// For how long a node that died without a word is kept.
    private static let nodeMemory = Duration.seconds(3600)
}
