import Testing
import WhatsAppSimulator

/// The simulator as a client sees it that somebody else wrote: docs/decisions/0011.
@Suite(.timeLimit(.minutes(2)))
struct PywaTests {
    @Test(.enabled(if: Python.withPywa != nil, "no Python with pywa: see scripts/setup --tests"))
    func `pywa takes the simulator for WhatsApp`() async throws {
        let interpreter = try #require(Python.withPywa)
        let python = try Python(
            interpreter, "client.py", [Rig.token, Rig.appSecret, Rig.phoneNumberID])
        let template = Simulator.Template(
            name: "login_confirm", language: "en_US",
            body: "Sign in to {{1}} with {{2}} at {{3}}?", quickReplies: ["Confirm", "Deny"])
        try await Rig.run(templates: [template], webhookURL: try await python.line()) { rig in
            python.say(String(rig.port))
            let (status, errors) = await python.waitForEnd()
            #expect(status == 0, "\(errors)")
        }
    }
}
