import Glibc
import Loop
import TestSupport
import Testing
import Wire

/// A descriptor's number is given to the next file at once: whoever writes to it later writes to
/// somebody else.
struct ClosedDescriptorTests {
    @Test func `nothing of an ended connection goes to the next owner of its descriptor`()
        async throws
    {
        let (owners, ended) = (Locked<[Int32]>([]), Gate())
        try await withServer {
            $0.on(.get, "/now") { _ in .now(.text("now")) }
            $0.on(.get, "/ws") { _ in
                let upgrade = WebSocketUpgrade(accept: "proof", limits: WebSocketLimits()) {
                    socket, _ in Overdrawer(socket, owners, ended)
                }
                return .now(Response(upgrade: upgrade))
            }
        } _: { server in
            let client = try Client(port: server.port, receiveBuffer: 4096)
            #expect(try await client.upgrade("/ws").status == 101)
            try client.send(.text("more than it reads"))
            await ended.wait()
            // A round trip on the same loop: its turn with the ended connection is over.
            _ = try await Client(port: server.port).ask("GET", "/now")
            let descriptors = owners.withLock { $0 }
            defer { for descriptor in descriptors { close(descriptor) } }
            #expect(!descriptors.isEmpty)
            for descriptor in descriptors {
                var byte: UInt8 = 0
                let count = unsafe recv(descriptor, &byte, 1, Int32(MSG_DONTWAIT))
                #expect(count == -1)
            }
        }
    }

    /// Sends more than its peer reads, which ends the connection at once, and takes the descriptors
    /// that are free then.
    private final class Overdrawer: WebSocketHandler {
        private let socket: WebSocket
        private let owners: Locked<[Int32]>
        private let ended: Gate

        init(_ socket: WebSocket, _ owners: Locked<[Int32]>, _ ended: Gate) {
            self.socket = socket
            self.owners = owners
            self.ended = ended
        }

        func opened(on loop: isolated EventLoop) {}

        func received(_ message: WebSocketMessage, on loop: isolated EventLoop) {
            socket.send(text: [UInt8](repeating: 1, count: 16 << 20), on: loop)
            for _ in 0..<8 {
                var ends: [Int32] = [0, 0]
                let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
                guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else { continue }
                let pair = ends
                owners.withLock { $0 += pair }
            }
            ended.open()
        }

        func deadlinePassed(on loop: isolated EventLoop) {}

        func closed(on loop: isolated EventLoop) {}
    }
}
