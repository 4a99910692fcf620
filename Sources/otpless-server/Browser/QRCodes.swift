import Loop

/// Draws QR codes, one after the other, on a thread that ends when there is nothing to draw.
///
/// A code takes up to a millisecond and a half, which no loop should wait for; and as who asks for one
/// need not be anybody, all of them together never take more than one core (decision 0028).
final class QRCodes: Sendable {
    private struct Order {
        let text: String
        let continuation: CheckedContinuation<String?, Never>
    }

    /// Nil: no thread draws.
    ///
    /// Each order has a connection that waits, so there are no more than those.
    private let orders = Locked<[Order]?>(nil)

    /// The SVG of a text; nil for one that is too long.
    func svg(of text: String) async -> String? {
        await withCheckedContinuation { continuation in
            let order = Order(text: text, continuation: continuation)
            let isFirst = orders.withLock { orders in
                defer { orders = (orders ?? []) + [order] }
                return orders == nil
            }
            if isFirst { start() }
        }
    }

    private func start() {
        do throws(SystemError) {
            _ = try Thread(name: "qr") { [self] in drawAll() }
        } catch {
            drawAll()
        }
    }

    private func drawAll() {
        while let batch = takeOrders() {
            for order in batch { order.continuation.resume(returning: QRCode(order.text)?.svg) }
        }
    }

    private func takeOrders() -> [Order]? {
        orders.withLock { orders in
            guard let batch = orders, !batch.isEmpty else {
                orders = nil
                return nil
            }
            orders = []
            return batch
        }
    }
}
