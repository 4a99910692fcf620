import Loop

/// Deliveries that go out one after the other, as often and as late as the faults have it.
struct Parcel: Sendable {
    /// One webhook and the bubbles that it tells of.
    struct Delivery: Sendable {
        let body: [UInt8]
        let messages: [SimulatedPhones.MessageName]
    }

    let deliveries: [Delivery]
    let copies: Int
    let delay: Duration

    init(_ deliveries: [Delivery], _ faults: PhoneFaults) {
        self.deliveries = deliveries
        copies = faults.copies
        delay = faults.webhookDelay
    }
}

/// Updates that wait until there are enough of them for one delivery.
struct Batch: Sendable {
    var updates: [WebhookUpdate] = []
    /// The faults and the loop of the update that came last.
    var last: (faults: PhoneFaults, loop: EventLoop)?
}

extension Simulator {
    /// Tells the business, in the background; then goes on with what comes next.
    func report(
        _ updates: [WebhookUpdate], _ faults: PhoneFaults, on loop: isolated EventLoop,
        then next: (@Sendable (isolated EventLoop) -> Void)? = nil
    ) {
        let parcel = parcel(updates, faults, on: loop)
        guard parcel != nil || next != nil else { return }
        loop.spawn { [self] loop in
            if let parcel { await post(parcel, on: loop) }
            next?(loop)
        }
    }

    /// Tells the business and returns once it has taken it.
    func reportAndWait(
        _ updates: [WebhookUpdate], _ faults: PhoneFaults, on loop: isolated EventLoop
    ) async {
        guard let parcel = parcel(updates, faults, on: loop) else { return }
        await post(parcel, on: loop)
    }

    /// Sends what is gathered although it is not enough.
    func sendBatch() {
        let batch = takeBatch { _ in true }
        guard let (faults, loop) = batch.last else { return }
        let parcel = Parcel([delivery(of: batch.updates, faults)], faults)
        loop.post { [self] loop in loop.spawn { [self] loop in await post(parcel, on: loop) } }
    }

    /// What is to be sent now; nil when it is lost or has to wait for more.
    private func parcel(
        _ updates: [WebhookUpdate], _ faults: PhoneFaults, on loop: EventLoop
    ) -> Parcel? {
        let updates = updates.filter { faults.lets($0.kind) }
        guard faults.batch == 1 else {
            let batch = takeBatch { batch in
                batch.updates += updates
                batch.last = (faults, loop)
                return batch.updates.count >= faults.batch
            }
            guard !batch.updates.isEmpty else { return nil }
            return Parcel([delivery(of: batch.updates, faults)], faults)
        }
        guard !updates.isEmpty else { return nil }
        let ordered = faults.reversed ? updates.reversed() : updates
        return Parcel(ordered.map { delivery(of: [$0], faults) }, faults)
    }

    private func delivery(
        of updates: [WebhookUpdate], _ faults: PhoneFaults
    ) -> Parcel.Delivery {
        let ordered = faults.reversed ? updates.reversed() : updates
        return Parcel.Delivery(
            body: MetaWebhook(settings).delivery(of: ordered),
            messages: updates.compactMap(\.message))
    }

    private func post(_ parcel: Parcel, on loop: isolated EventLoop) async {
        if parcel.delay > .zero { try? await Task.sleep(for: parcel.delay) }
        for delivery in parcel.deliveries {
            note(.sent, of: delivery.messages)
            for _ in 0..<parcel.copies {
                await sender.send(delivery.body, on: loop) { outcome in
                    note(outcome, of: delivery.messages)
                }
            }
        }
    }

    /// The person's own bubbles show what became of them.
    private func note(
        _ outcome: SimulatedPhones.Message.Progress, of messages: [SimulatedPhones.MessageName]
    ) {
        guard !messages.isEmpty else { return }
        change { phones in
            for message in messages { phones.note(outcome, of: message) }
        }
    }
}

extension PhoneFaults {
    /// Whether an update of this kind reaches the business.
    fileprivate func lets(_ kind: WebhookUpdate.Kind) -> Bool {
        if case .status(let status) = kind { statuses.contains(status) } else { true }
    }
}
