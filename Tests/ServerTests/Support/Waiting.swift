import Glibc
import TestSupport

/// How long any one thing may take before a test gives up: far more than it needs.
let patience = Duration.seconds(40)

/// Polls until something is there.
///
/// - Throws: `Fault` after `patience`.
func waitFor<T>(_ what: String, _ look: () throws -> T?) throws -> T {
    let deadline = ContinuousClock.now + patience
    while ContinuousClock.now < deadline {
        if let found = try look() { return found }
        usleep(5000)
    }
    throw Fault("waited in vain for \(what)")
}
