import Loop
import TestSupport
import Testing
import Wire

/// How many connections there may be, and who counts as one client.
struct AdmissionTests {
    private func limits(_ total: Int = .max, perClient: Int = .max) -> ConnectionLimits {
        var limits = ConnectionLimits()
        limits.total = total
        limits.perClient = perClient
        return limits
    }

    /// Takes so many places as there are at most, and gives them back.
    private func places(
        _ admission: Admission, for addresses: [String]
    ) throws -> (admitted: Int, taken: Int) {
        var places: [Held] = []
        for text in addresses {
            let address = try #require(SocketAddress(text))
            if let place = admission.place(for: address) { places.append(Held(place)) }
        }
        return withExtendedLifetime(places) { (places.count, admission.taken) }
    }

    private final class Held {
        private let place: Place

        init(_ place: consuming Place) { self.place = place }
    }

    @Test func `there are as many places as the limit says, and each is free again`() throws {
        let admission = Admission(limits(3))
        for _ in 0..<3 {
            let peers = (1...5).map { "198.51.100.\($0):80" }
            #expect(try places(admission, for: peers) == (3, 3))
            #expect(admission.taken == 0)
        }
    }

    @Test func `a client has its share, whatever its ports`() throws {
        let admission = Admission(limits(perClient: 2))
        let greedy = (1...9).map { "203.0.113.7:\($0)" }
        #expect(try places(admission, for: greedy + ["203.0.113.8:1"]) == (3, 3))
        #expect(admission.taken == 0 && admission.clients == 0)
    }

    @Test func `a /64 of IPv6 is one client`() throws {
        let admission = Admission(limits(perClient: 2))
        let one = ["[2001:db8:0:7::1]:1", "[2001:db8:0:7:ffff::2]:1", "[2001:db8:0:7::3]:1"]
        #expect(try places(admission, for: one).admitted == 2)
        let two = ["[2001:db8:0:7::1]:1", "[2001:db8:0:7::2]:1", "[2001:db8:0:8::1]:1"]
        #expect(try places(admission, for: two).admitted == 3)
    }

    @Test func `an IPv4 address written as IPv6 is that address`() throws {
        let admission = Admission(limits(perClient: 1))
        let both = ["203.0.113.7:1", "[::ffff:203.0.113.7]:1", "[::ffff:203.0.113.8]:1"]
        #expect(try places(admission, for: both).admitted == 2)
    }

    @Test(arguments: [
        "127.0.0.1", "127.255.0.9", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "169.254.1.1", "100.64.0.1", "100.127.255.255", "[::1]", "[fc00::1]",
        "[fdff:1::1]", "[fe80::1]", "[febf::1]", "[::ffff:127.0.0.1]", "[::ffff:10.1.2.3]",
    ])
    func `behind a loopback or private address there may be a proxy, which is not capped`(
        host: String
    ) throws {
        let admission = Admission(limits(perClient: 1))
        let peers = (1...3).map { "\(host):\($0)" }
        #expect(try places(admission, for: peers).admitted == 3)
    }

    @Test(arguments: [
        "126.255.255.255", "128.0.0.1", "9.255.255.255", "11.0.0.1", "172.15.255.255",
        "172.32.0.1", "192.167.255.255", "192.169.0.1", "169.253.0.1", "100.63.255.255",
        "100.128.0.1", "[2001:db8::1]", "[fec0::1]", "[fe00::1]", "[ff02::1]",
        "[::ffff:11.0.0.1]",
    ])
    func `their neighbours are of the internet`(host: String) throws {
        let admission = Admission(limits(perClient: 1))
        let peers = (1...3).map { "\(host):\($0)" }
        #expect(try places(admission, for: peers).admitted == 1)
    }

    @Test(.blocking) func `several threads count as one`() async throws {
        let admission = Admission(limits(1000, perClient: 50))
        let peer = try #require(SocketAddress("203.0.113.7:80"))
        let threads = try (0..<4).map { _ in
            try Thread(name: "admission") {
                for _ in 0..<2000 {
                    let first = admission.place(for: peer)
                    let second = admission.place(for: peer)
                    if first == nil || second == nil { break }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(admission.taken == 0 && admission.clients == 0)
    }
}
