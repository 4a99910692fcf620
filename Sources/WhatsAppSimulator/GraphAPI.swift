import Loop
import OTPless
import Wire

/// `POST /{version}/{phone-number-id}/messages`, as Meta answers it.
struct GraphAPI {
    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    func send(_ request: Request) -> Reply {
        do throws(GraphError) {
            return try accept(request)
        } catch {
            return .now(GraphAnswer(simulator).error(error))
        }
    }

    private func accept(_ request: Request) throws(GraphError) -> Reply {
        let expected = "Bearer \(simulator.settings.accessToken.text)"
        guard request.headers["authorization"] == expected else { throw .badToken }
        let number = request.parameters.first { $0.name == "phoneNumberID" }?.value ?? ""
        guard number == simulator.settings.phoneNumberID else { throw .unknownNumber(number) }
        guard let root = try? JSONDocument(request.body).root, root.kind == .object else {
            throw .invalidParameter("The request body is not a JSON object")
        }
        if root["status"]?.equals("read") == true { return .now(GraphAnswer(simulator).readMark) }
        let message = try OutboundMessage(root, simulator.settings)
        let fate = simulator.fate(of: message)
        return .later { [self] loop in await answer(message, fate, on: loop) }
    }

    /// The message is on the phone at once, whatever the answer is and however long it takes.
    private func answer(
        _ message: OutboundMessage, _ fate: Fate, on loop: isolated EventLoop
    ) async -> Response {
        let id = fate.arrives ? show(message) : simulator.makeMessageID()
        let updates = progress(of: message, id, fate)
        if fate.faults.beforeAnswer {
            await simulator.reportAndWait(updates, fate.faults, on: loop)
        }
        if fate.faults.answerDelay > .zero { try? await Task.sleep(for: fate.faults.answerDelay) }
        let left = fate.faults.beforeAnswer ? [] : updates
        simulator.report(left, fate.faults, on: loop) { [self] loop in
            guard fate.arrives else { return }
            Person(message.recipient, in: simulator)
                .answer(id, message.content, fate.faults.answers, on: loop)
        }
        return GraphAnswer(simulator).answer(to: message, id, fate)
    }

    /// Puts the message on the phone.
    private func show(_ message: OutboundMessage) -> String {
        let id = simulator.makeMessageID()
        let bubble = SimulatedPhones.Message(
            id: id, direction: .incoming, time: simulator.clock.now.seconds,
            content: message.content, callbackData: message.callbackData)
        simulator.change { $0.add(bubble, to: message.recipient) }
        return id
    }

    /// The phone is on and in reach: sent and delivered follow at once.
    private func progress(
        of message: OutboundMessage, _ id: String, _ fate: Fate
    ) -> [WebhookUpdate] {
        let writer = UpdateWriter(simulator, phone: message.recipient, fate.faults)
        let sent = UpdateWriter.Sent(
            id: id, callbackData: message.callbackData, isTemplate: message.content.isTemplate)
        if let failure = fate.failure { return [writer.failure(failure, of: sent)] }
        guard fate.arrives else { return [] }
        return [writer.status(.sent, of: sent), writer.status(.delivered, of: sent)]
    }
}
