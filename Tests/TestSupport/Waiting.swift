/// Waits until something holds.
///
/// Looks each millisecond: a loop that only yields takes the processor from what it waits for.
///
/// - Throws: `Fault` after a minute, far more than anything here needs.
package nonisolated(nonsending) func wait(
    for what: String, until holds: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while try await !holds() {
        guard ContinuousClock.now < deadline else { throw Fault("waited in vain for \(what)") }
        try await Task.sleep(for: .milliseconds(1))
    }
}
