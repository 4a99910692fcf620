import OTPless
import Wire

/// `/simulator/faults`: how people and scripts have the simulator misbehave.
struct FaultControl {
    private let simulator: Simulator

    init(_ simulator: Simulator) {
        self.simulator = simulator
    }

    /// What is wrong now; counts of sends that are left go down.
    func show(_ request: Request) -> Reply { .now(response) }

    /// Replaces all faults by those of the body.
    func replace(_ request: Request) -> Reply {
        do throws(Failure) {
            guard let document = try? JSONDocument(request.body), document.root.kind == .object
            else { throw Failure(.invalidJSON) }
            simulator.faults = try SimulatorFaults(document.root)
            return .now(response)
        } catch {
            return .now(Response(Envelope(error)))
        }
    }

    /// Takes all faults back.
    func clear(_ request: Request) -> Reply {
        simulator.faults = SimulatorFaults()
        return .now(response)
    }

    private var response: Response {
        Response(
            status: 200, contentType: "application/json; charset=utf-8",
            headers: [("Cache-Control", "no-store")], body: simulator.faults.json)
    }
}
