import Loop
import Wire

/// An asset's reply in one coding: made once, when somebody asks for it first, and then kept.
///
/// Not at start, which it would double, and not for nobody: what only programs call has no browsers
/// (decision 0027).
final class CompressedForm: Sendable {
    private enum State {
        case unasked
        case underway([CheckedContinuation<Response?, Never>])
        case done(Response?)
    }

    private let state = Locked(State.unasked)
    private let make: @Sendable () -> Response?

    /// - Parameter make: The reply; nil when this coding is not worth it. Takes its time.
    init(_ make: @escaping @Sendable () -> Response?) {
        self.make = make
    }

    /// The reply, if it was made already.
    var ready: Response?? {
        state.withLock { state in
            guard case .done(let response) = state else { return nil }
            return .some(response)
        }
    }

    /// The reply once it has been made, on a thread of its own; nil when there is to be none.
    func response() async -> Response? {
        await withCheckedContinuation { continuation in
            let (isFirst, made) = state.withLock { state -> (Bool, Response??) in
                switch state {
                case .unasked:
                    state = .underway([continuation])
                    return (true, nil)
                case .underway(let waiting):
                    state = .underway(waiting + [continuation])
                    return (false, nil)
                case .done(let response): return (false, .some(response))
                }
            }
            if let made { return continuation.resume(returning: made) }
            if isFirst { start() }
        }
    }

    private func start() {
        do throws(SystemError) {
            _ = try Thread(name: "compression") { [self] in
                let response = make()
                finish(.done(response), response)
            }
        } catch {
            // Sent as it is, this time.
            finish(.unasked, nil)
        }
    }

    private func finish(_ next: sending State, _ response: Response?) {
        let waiting = state.withLock { state -> [CheckedContinuation<Response?, Never>] in
            defer { state = next }
            guard case .underway(let waiting) = state else { return [] }
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: response) }
    }
}
