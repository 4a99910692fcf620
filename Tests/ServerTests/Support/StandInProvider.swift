import Glibc
import Loop
import TestSupport
import Testing

/// A provider that misbehaves on demand: what the simulated WhatsApp, which is a proper server, cannot.
///
/// It keeps the messages it was sent, whatever it answers: in each of these faults the message may
/// have reached the phone.
final class StandInProvider: Sendable {
    enum Behaviour: String, CaseIterable, Sendable, CustomTestStringConvertible {
        /// Takes the message, as the Cloud API does.
        case accept
        /// Takes the message, but does not answer before `release`.
        case hold
        /// Takes the message, and takes 400 ms for it.
        case slow
        /// Answers nothing as long as the caller waits.
        case silence
        /// Resets the connection once it has the request.
        case reset
        /// Closes the connection properly once it has the request.
        case hangUp
        /// Takes the message, and closes the connection behind its answer without having said so.
        case acceptAndClose
        /// The Cloud API's own refusal of the message.
        case refuse
        /// Closes the connection in the middle of its answer.
        case cutShort
        /// A proxy's page instead of an answer.
        case badGateway
        /// 200 and not a byte.
        case nothing
        /// 200 and half a document.
        case halfJSON
        /// Takes the message, and says so below 50,000 header lines.
        case manyHeaders
        /// Too many messages; come back in two minutes.
        case limit

        var testDescription: String { rawValue }
    }

    /// What the buttons of a message carry.
    struct Message: Sendable {
        let id: String
        let confirm: String
        let deny: String
    }

    private struct State {
        var behaviour = Behaviour.accept
        var messages: [String: Message] = [:]
        var count = 0
        var closed = 0
        var isHolding = true
    }

    let port: UInt16
    /// Bound for as long as this object lives, so that nobody takes the port while it is down.
    private let listener: Int32
    private let state = Locked(State())
    private let acceptor = Locked<Thread?>(nil)

    /// A provider on a port of its own.
    init() throws {
        (listener, port) = try Self.bound()
        try listen()
    }

    deinit {
        close()
        Glibc.close(listener)
    }

    /// How many messages have come.
    var count: Int { state.withLock { $0.count } }

    /// How many connections were closed behind an answer; their clients have heard of it.
    var closed: Int { state.withLock { $0.closed } }

    func behave(_ behaviour: Behaviour) { state.withLock { $0.behaviour = behaviour } }

    /// Answers what it holds back.
    func release() { state.withLock { $0.isHolding = false } }

    /// The latest message to a phone.
    func message(to digits: String) throws -> Message {
        guard let message = state.withLock({ $0.messages[digits] }) else {
            throw Fault("no message to \(digits)")
        }
        return message
    }

    // MARK: Connections

    /// Connections are refused from now on, until `listen`.
    func close() {
        // Ends the accept(2) of the thread; the socket stays bound.
        shutdown(listener, Int32(SHUT_RDWR))
        acceptor.withLock { $0 }?.join()
    }

    func listen() throws {
        guard Glibc.listen(listener, 128) == 0 else { throw Fault("listen: errno \(errno)") }
        let listener = listener
        let thread = try Thread(name: "provider") { [weak self] in
            while case let accepted = accept(listener, nil, nil), accepted >= 0 {
                // A server that is started meanwhile must not keep it open.
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                let connection = ProviderConnection(accepted)
                guard let self else { return }
                _ = try? Thread(name: "provider") { self.serve(connection) }
            }
        }
        acceptor.withLock { $0 = thread }
    }

    /// A free port may be another process's a moment later: then the next one.
    private static func bound() throws -> (listener: Int32, port: UInt16) {
        let listener = Loopback.makeSocket()
        // Connections of the time before must not keep it from listening again.
        Loopback.set(SO_REUSEADDR, 1 as Int32, of: listener)
        for _ in 0..<100 {
            let port = try FreePort.next()
            if Loopback.bind(listener, to: port) { return (listener, port) }
        }
        throw Fault("no port for the provider: errno \(errno)")
    }

    private func serve(_ connection: ProviderConnection) {
        while let body = connection.readRequest() {
            let id = keep((try? JSON(body)) ?? .null)
            guard answer(connection, id) else { return }
        }
    }

    private func keep(_ message: JSON) -> (id: String, to: String) {
        let buttons = message["interactive"]["action"]["buttons"].list.map {
            $0["reply"]["id"].text
        }
        let digits = String((message["to"].text ?? "+").dropFirst())
        return state.withLock { state in
            state.count += 1
            let id = "wamid.out.\(state.count)"
            if buttons.count == 2, let confirm = buttons[0], let deny = buttons[1] {
                state.messages[digits] = Message(id: id, confirm: confirm, deny: deny)
            }
            return (id, digits)
        }
    }

    /// False when the connection is over.
    private func answer(_ connection: ProviderConnection, _ message: (id: String, to: String))
        -> Bool
    {
        let acceptance =
            #"{"messaging_product":"whatsapp","contacts":[{"input":"+\#(message.to)","#
            + #""wa_id":"\#(message.to)"}],"messages":[{"id":"\#(message.id)"}]}"#
        switch state.withLock({ $0.behaviour }) {
        case .accept: return connection.answer(200, acceptance)
        case .hold:
            while state.withLock({ $0.isHolding }) { usleep(2000) }
            return connection.answer(200, acceptance)
        case .slow:
            usleep(400_000)
            return connection.answer(200, acceptance)
        case .silence:
            // The caller gives up, and only then comes the answer.
            connection.waitForEnd()
            _ = connection.answer(200, acceptance)
            return false
        case .reset:
            connection.reset()
            return false
        case .hangUp: return false
        case .acceptAndClose:
            _ = connection.answer(200, acceptance)
            connection.end()
            state.withLock { $0.closed += 1 }
            return false
        case .refuse: return connection.answer(400, #"{"error":{"code":131026}}"#)
        case .cutShort:
            _ = connection.answer(200, acceptance, sending: 90)
            return false
        case .badGateway: return connection.answer(502, "<html><h1>502 Bad Gateway</h1></html>")
        case .nothing: return connection.answer(200, "")
        case .halfJSON: return connection.answer(200, String(acceptance.prefix(70)))
        case .manyHeaders:
            return connection.answer(
                200, acceptance, headers: String(repeating: "X:b\r\n", count: 50_000))
        case .limit:
            let usage = #"{"1":[{"estimated_time_to_regain_access":2}]}"#
            return connection.answer(
                429, #"{"error":{"code":80007}}"#,
                headers: "x-business-use-case-usage: \(usage)\r\n")
        }
    }
}

/// One connection to the stand-in; used by one thread.
private final class ProviderConnection: Sendable {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { Glibc.close(descriptor) }

    /// The body of the next request, nil at the end; libcurl sends none before it has the answer.
    func readRequest() -> [UInt8]? {
        var bytes: [UInt8] = []
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.firstRange(of: "\r\n\r\n") {
                let head = text[..<end.lowerBound].lowercased().split(separator: "\r\n")
                let line = head.first { $0.hasPrefix("content-length:") }?.dropFirst(15)
                let length = Int(line?.filter { $0.isNumber } ?? "") ?? 0
                let body = text.utf8.distance(from: text.startIndex, to: end.upperBound)
                if bytes.count >= body + length { return Array(bytes[body..<(body + length)]) }
            }
            guard let more = receive() else { return nil }
            bytes += more
        }
    }

    func waitForEnd() { while receive() != nil {} }

    /// An answer, or its first bytes; false when nobody takes it.
    func answer(
        _ status: Int, _ body: String, headers: String = "", sending limit: Int = .max
    ) -> Bool {
        let length = "Content-Length: \(body.utf8.count)\r\n"
        let head = "HTTP/1.1 \(status) Whatever\r\n\(headers)\(length)\r\n"
        let bytes = Array((head + body).utf8.prefix(limit))
        return unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
    }

    /// Ends the stream; on loopback the peer has its end when this returns.
    func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Closing sends a RST instead of a FIN.
    func reset() { Loopback.breakOffAtClose(descriptor) }

    private func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }
}
