import Loop

/// The access tokens that were verified last, so that an app's next request need not hash and decode
/// the same bytes again: half of what such a request takes.
///
/// Bytes that verified once verify again until they run out or the keys change, and are compared whole
/// here: nothing else gets in. Whether the login has ended is asked anew each time, elsewhere. Bounded: each token has one
/// place, which the next one that falls there takes; 16,384 places, 9 MB when all are taken.
/// Runs on: any thread.
package final class VerifiedTokens: Sendable {
    private struct Entry {
        let token: [UInt8]
        let caller: Caller
    }

    private struct Shard {
        var places: [Entry?] = []
        var generation = 0
    }

    private let shards = (0..<16).map { _ in Locked(Shard()) }
    private static let placesPerShard = 1024

    /// None yet.
    package init() {}

    /// Who sent these bytes, if they have been verified and still count.
    package func caller(_ token: ArraySlice<UInt8>, at now: Timestamp) -> Caller? {
        let (shard, place) = Self.place(of: token)
        return shards[shard].withLock { shard in
            guard !shard.places.isEmpty, let entry = shard.places[place],
                now < entry.caller.expiresAt, Self.areEqual(entry.token.span, token.span)
            else { return nil }
            return entry.caller
        }
    }

    /// How often all have been forgotten; to be asked for before a token is verified.
    package var generation: Int { shards[0].withLock { $0.generation } }

    /// Remembers a token that was verified, unless all have been forgotten since.
    package func insert(_ token: ArraySlice<UInt8>, _ caller: Caller, of generation: Int) {
        let (shard, place) = Self.place(of: token)
        let entry = Entry(token: Array(token), caller: caller)
        shards[shard].withLock { shard in
            guard shard.generation == generation else { return }
            if shard.places.isEmpty {
                shard.places = [Entry?](repeating: nil, count: Self.placesPerShard)
            }
            shard.places[place] = entry
        }
    }

    /// Forgets all: the keys have changed, and what is being verified with those before is not
    /// remembered either.
    package func forget() {
        for shard in shards {
            shard.withLock { shard in
                shard.places = []
                shard.generation += 1
            }
        }
    }

    /// The end of a signature is as good as random; nobody fills a place without a token that verifies.
    private static func place(of token: ArraySlice<UInt8>) -> (shard: Int, place: Int) {
        let hash = token.suffix(12).reduce(0) { ($0 &* 31) &+ UInt64($1) }
        return (
            Int(truncatingIfNeeded: hash & 15),
            Int(truncatingIfNeeded: (hash >> 4) % UInt64(placesPerShard))
        )
    }

    /// Takes the same time wherever they differ, and a vector instruction for many bytes.
    private static func areEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for index in one.indices { difference |= one[index] ^ other[index] }
        return difference == 0
    }
}
