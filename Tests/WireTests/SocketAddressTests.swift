import Testing
import Wire

struct SocketAddressTests {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("0.0.0.0:0", "0.0.0.0", 0),
        ("255.255.255.255:65535", "255.255.255.255", 65535), ("[::1]:443", "::1", 443),
        ("[::]:80", "::", 80), ("[2001:db8::1]:9", "2001:db8::1", 9),
        ("[::ffff:10.0.0.1]:1", "::ffff:10.0.0.1", 1),
    ])
    func `an address is printed as it was written`(text: String, host: String, port: UInt16) {
        let address = SocketAddress(text)
        #expect(address?.description == text)
        #expect(address?.host == host && address?.port == port)
    }

    @Test func `an address has one printed form`() {
        #expect(SocketAddress("localhost:8080")?.description == "127.0.0.1:8080")
        #expect(SocketAddress("127.0.0.1:0080")?.description == "127.0.0.1:80")
        let long = "[2001:0DB8:0000:0000:0000:0000:0000:0001]:1"
        #expect(SocketAddress(long)?.description == "[2001:db8::1]:1")
    }

    @Test(arguments: [
        "", ":", "127.0.0.1", "127.0.0.1:", ":8080", "127.0.0.1:65536", "127.0.0.1:-1",
        "127.0.0.1:80 ", " 127.0.0.1:80", "127.0.0.1:http", "127.1:80", "1.2.3.4.5:80",
        "256.0.0.1:80", "01.2.3.4:80", "::1:8080", "[::1]", "[::1]:", "[::1:80", "::1]:80",
        "[127.0.0.1]:80", "[::1%lo]:80", "[]:80", "[g::1]:80", "example.com:80", "127.0.0.1:٨٠",
        "http://127.0.0.1:80", "127.0.0.1:+80", "127.0.0.1\0.example.com:80",
    ])
    func `what is no literal address is refused`(text: String) {
        #expect(SocketAddress(text) == nil)
    }
}
