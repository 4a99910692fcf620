import Glibc
import Loop

/// Looks up hosts' addresses on a thread that ends when there is nothing to look up.
///
/// libpq would do it on the loop, and wait there for a name server.
package final class NameResolver: Sendable {
    /// Addresses by name; a name that has none is left out.
    typealias Addresses = [String: [String]]

    private struct Order {
        let names: [String]
        let answer: @Sendable (Addresses) -> Void
    }

    /// Nil: no thread looks anything up.
    private let orders = Locked<[Order]?>(nil)

    /// More than there are connections to open.
    private static let capacity = 1000

    package init() {}

    /// Looks names up and answers on the resolver's thread; with nothing when too many wait.
    func resolve(_ names: [String], answer: @escaping @Sendable (Addresses) -> Void) {
        let order = Order(names: names, answer: answer)
        let (isTaken, isFirst) = orders.withLock { orders in
            let waiting = orders ?? []
            guard waiting.count < Self.capacity else { return (false, false) }
            defer { orders = waiting + [order] }
            return (true, orders == nil)
        }
        guard isTaken else { return answer([:]) }
        if isFirst { start() }
    }

    private func start() {
        do throws(SystemError) {
            _ = try Thread(name: "names") { [self] in
                while let order = takeOrder() { order.answer(Self.addresses(of: order.names)) }
            }
        } catch {
            // Without a thread nobody is answered here: a loop must not wait.
            while let order = takeOrder() { order.answer([:]) }
        }
    }

    private func takeOrder() -> Order? {
        orders.withLock { orders in
            guard let order = orders?.first else {
                orders = nil
                return nil
            }
            orders?.removeFirst()
            return order
        }
    }

    private static func addresses(of names: [String]) -> Addresses {
        var addresses: Addresses = [:]
        for name in names where addresses[name] == nil {
            let found = lookUp(name)
            if !found.isEmpty { addresses[name] = found }
        }
        return addresses
    }

    private static func lookUp(_ name: String) -> [String] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var found: [String] = []
        var next = unsafe list
        while let entry = unsafe next {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let result = unsafe getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil,
                0, NI_NUMERICHOST)
            let address = String(
                decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            if result == 0, !found.contains(address) { found.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        return found
    }
}
