import TestSupport
import Testing

/// Peers that break off at any point leave no descriptor behind.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct BrokenPeerTests {
    private static let rounds = 20

    @Test func `peers that break off leave nothing open and nobody waiting`() async throws {
        try await withServer { server in
            // What a first login opens for good stands in the base; each loop keeps connections to
            // WhatsApp, so a few more may come.
            _ = try server.signIn("16505550140")
            let limit = server.process.descriptorCount + Self.rounds / 2
            let session = try server.initiate("+16505550141")
            let handshake = PageSocket.request("/api/auth/ws?sessionId=\(session)").bytes
            let claim = HTTPRequest(
                method: "POST", path: "/api/auth/claim",
                headers: [("Content-Type", "application/json")],
                body: Array(#"{"sessionId":"\#(session)"}"#.utf8)
            ).bytes
            let page = HTTPRequest(method: "GET", path: "/").bytes
            let points: [[UInt8]] = [
                [], Array("GET /healthz HT".utf8), Array(claim.dropLast()), claim,
                Array(repeatElement(page, count: 200).joined()), handshake,
                handshake + [0x81, 0x85, 1, 2], handshake + [0x81, 0x85, 1, 2, 3, 4, 5],
                handshake + [0x88, 0x80, 1, 2, 3, 4],
            ]
            for point in points {
                for round in 0..<Self.rounds {
                    let peer = try TCPSocket(port: server.port)
                    try peer.send(point)
                    if point.starts(with: handshake), round % 2 == 0 {
                        #expect(try peer.takeReply().status == 101)
                    }
                    peer.breakOffAtEnd()
                }
                #expect(try server.call("GET", "/healthz").status == 200)
            }
            _ = try waitFor("descriptors to close") {
                server.process.descriptorCount <= limit ? true : nil
            }
            // The login that they all named can still be confirmed.
            try server.whatsApp.phone("16505550141").tapConfirm()
            _ = try waitFor("the confirmation") {
                try server.claim(session).status == 200 ? true : nil
            }
        }
    }
}
