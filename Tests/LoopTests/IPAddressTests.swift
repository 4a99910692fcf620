import Loop
import Testing

struct IPAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::", "::"), ("::1", "::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:201", "192.0.2.1"),
        ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
    ])
    func `an address has one form, and IPv4 written as IPv6 is IPv4`(text: String, form: String) {
        #expect(IPAddress(text)?.description == form)
        #expect(IPAddress(text)?.isIPv4 == form.contains("."))
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "0x1.2.3.4", "1.2.3.4 ",
        " 1.2.3.4", "1.2.3.4:80", "1.2.3.4/32", "[::1]", "::1%eth0", "fe80::1%1", ":::", "1::2::3",
        "g::1", "::1:80:", "localhost", "unknown", "_hidden", "1.2.3.4\0", "::1\0.example",
        "٤.2.3.4",
        "2001:db8:0:0:0:0:0:0:1", String(repeating: "1", count: 10_000),
    ])
    func `anything else is none`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test func `a client is an IPv4 address or a /64 of IPv6`() throws {
        let clients = [
            ("203.0.113.7", "203.0.113.7"), ("::ffff:203.0.113.7", "203.0.113.7"),
            ("10.1.2.3", "10.1.2.3"), ("127.0.0.1", "127.0.0.1"),
            ("2001:db8:0:7:ffff::2", "2001:db8:0:7::/64"), ("2001:db8:0:7::1", "2001:db8:0:7::/64"),
            ("2001:db8:0:8::1", "2001:db8:0:8::/64"), ("::1", "::/64"),
        ]
        for (text, client) in clients {
            #expect(IPAddress(text)?.client.description == client, "\(text)")
        }
    }

    @Test(arguments: [
        (
            "10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
            ["11.0.0.0", "9.255.255.255", "a00::"]
        ),
        ("192.0.2.1", ["192.0.2.1"], ["192.0.2.0", "192.0.2.2", "::192.0.2.1"]),
        ("192.0.2.4/30", ["192.0.2.4", "192.0.2.7"], ["192.0.2.3", "192.0.2.8"]),
        ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff::1"], ["2001:db9::", "2001:db7:ffff::"]),
        ("2001:db8::7", ["2001:db8::7"], ["2001:db8::6", "2001:db8::"]),
        ("0.0.0.0/0", ["1.2.3.4", "255.1.1.1"], ["::1", "2001:db8::1"]),
        ("::/0", ["::1", "2001:db8::1"], ["1.2.3.4", "::ffff:1.2.3.4"]),
        ("::ffff:10.0.0.0/104", ["10.1.2.3"], ["11.1.2.3", "::ff00:0:1"]),
    ])
    func `a block has the addresses that begin alike, of its family`(
        block: String, inside: [String], outside: [String]
    ) throws {
        let network = try #require(IPNetwork(block))
        for text in inside {
            let address = try #require(IPAddress(text))
            #expect(network.contains(address), "\(text)")
        }
        for text in outside {
            let address = try #require(IPAddress(text))
            #expect(!network.contains(address), "\(text)")
        }
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08",
        "10.0.0.0/8/8", "10.0.0.0/8 ", "10.0.0.1/8", "10.0.0.0/0", "::/129", "2001:db8::1/32",
        "::1/0", "::ffff:10.0.0.0/95", "::ffff:10.0.0.1/104", "10.0.0.0/255.0.0.0", "10.0.0.0/٨",
        "10/8", "localhost", "*", "10.0.0.0-10.0.0.9", "[::1]",
    ])
    func `a block that is not exactly one is refused`(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test func `a block is written as it is read`() throws {
        let texts = ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1", "0.0.0.0/0", "::/0"]
        for text in texts { #expect(IPNetwork(text)?.description == text) }
        #expect(IPNetwork("192.0.2.1/32")?.description == "192.0.2.1")
        #expect(IPNetwork("::ffff:0:0/96")?.description == "0.0.0.0/0")
        #expect(IPNetwork("0.0.0.0/0")?.isEverything == true)
        #expect(IPNetwork("::/0")?.isEverything == true)
        #expect(IPNetwork("0.0.0.0/1")?.isEverything == false)
    }
}
