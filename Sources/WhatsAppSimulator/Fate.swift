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
        changeFaults { faults in
            let held = faults[message.recipient]
            return Fate(faults: held, fault: faults.takeSend(to: message.recipient))
        }
    }
}
