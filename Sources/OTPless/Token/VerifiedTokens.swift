import Loop

/// The access tokens that were verified last, so that an app's next request need not hash and decode
/// the same bytes again: half of what such a request takes.
///
/// Bytes that verified once verify again until they run out, and are compared whole here: nothing else
/// gets in. Whether the login has ended is asked anew each time, elsewhere. Bounded: each token has one
/// place, which the next one that falls there takes; 16,384 places, 9 MB when all are taken.
/// Runs on: any thread.
final class VerifiedTokens: Sendable {
    private struct Entry {
        let token: [UInt8]
        let caller: Caller
    }

    private typealias Places = [Entry?]

    private let shards = (0..<16).map { _ in Locked<Places>([]) }
    private static let placesPerShard = 1024

    /// Who sent these bytes, if they have been verified and still count.
    func caller(_ token: ArraySlice<UInt8>, at now: Timestamp) -> Caller? {
        let (shard, place) = Self.place(of: token)
        return shards[shard].withLock { places in
            guard !places.isEmpty, let entry = places[place], now < entry.caller.expiresAt,
                Self.areEqual(entry.token.span, token.span)
            else { return nil }
            return entry.caller
        }
    }

    /// Remembers a token that was verified.
    func insert(_ token: ArraySlice<UInt8>, _ caller: Caller) {
        let (shard, place) = Self.place(of: token)
        let entry = Entry(token: Array(token), caller: caller)
        shards[shard].withLock { places in
            if places.isEmpty { places = Places(repeating: nil, count: Self.placesPerShard) }
            places[place] = entry
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
