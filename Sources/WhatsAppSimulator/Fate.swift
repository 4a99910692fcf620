import OTPless

/// What becomes of one message, decided when it comes.
struct Fate: Sendable {
    /// What holds for its phone.
    var faults: PhoneFaults
    /// What goes wrong with this send.
    var fault: SendFault?

    /// Whether it reaches the phone.
    var arrives: Bool { fault?.arrives ?? true }

    /// What a `failed` status says; nil if there is none.
    var failure: GraphError? {
        if case .failure(let code) = fault?.answer { GraphError(code: code) } else { nil }
    }
}

extension Simulator {
    /// Decides what becomes of a message, and counts it.
    func fate(of message: OutboundMessage) -> Fate {
        var fate = changeFaults { faults in
            let held = faults[message.recipient]
            return Fate(faults: held, fault: faults.takeSend(to: message.recipient))
        }
        // A count went down, and the page shows it.
        if fate.fault?.next != nil { change { _ in } }
        if fate.fault == nil, !message.content.isTemplate,
            isClosed(fate.faults.window, for: message.recipient)
        {
            fate.fault = SendFault(
                fate.faults.windowFailsLater ? .failure(131_047) : .error(131_047))
        }
        return fate
    }

    /// Whether only templates may be sent to a phone.
    private func isClosed(_ window: PhoneFaults.Window, for phone: String) -> Bool {
        switch window {
        case .open: return false
        case .closed: return true
        case .enforced:
            guard let wrote = look({ $0.chat(phone)?.lastWrote }) else { return true }
            return clock.now - wrote >= .seconds(86_400)
        }
    }
}
