import Loop
import OTPless
import Wire

/// What takes its time to make: made when somebody asks for it first, on a thread of its own, and then kept.
///
/// Not at start, which it would double, and not for nobody: what only programs call has no browsers
/// (decision 0027).
final class MadeOnce<Value: Sendable>: Sendable {
    private enum State {
        case unasked
        case underway([CheckedContinuation<Value?, Never>])
        case done(Value)
    }

    private let state = Locked(State.unasked)
    private let name: String
    private let make: @Sendable () -> Value

    /// - Parameters:
    ///   - name: The thread's.
    ///   - make: Takes its time.
    init(_ name: String, _ make: @escaping @Sendable () -> Value) {
        self.name = name
        self.make = make
    }

    /// The value, if it was made already.
    var ready: Value? {
        state.withLock { state in
            guard case .done(let value) = state else { return nil }
            return value
        }
    }

    /// The value once it has been made; nil when there is no thread to make it, this time.
    func value() async -> Value? {
        await withCheckedContinuation { continuation in
            let (isFirst, made) = state.withLock { state -> (Bool, Value?) in
                switch state {
                case .unasked:
                    state = .underway([continuation])
                    return (true, nil)
                case .underway(let waiting):
                    state = .underway(waiting + [continuation])
                    return (false, nil)
                case .done(let value): return (false, value)
                }
            }
            if let made { return continuation.resume(returning: made) }
            if isFirst { start() }
        }
    }

    private func start() {
        do throws(SystemError) {
            _ = try Thread(name: name) { [self] in
                let value = make()
                finish(.done(value), value)
            }
        } catch {
            finish(.unasked, nil)
        }
    }

    private func finish(_ next: sending State, _ value: Value?) {
        let waiting = state.withLock { state -> [CheckedContinuation<Value?, Never>] in
            defer { state = next }
            guard case .underway(let waiting) = state else { return [] }
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: value) }
    }
}

extension MadeOnce {
    /// The reply that the value gives, at once if it is there.
    func reply(_ answer: @escaping @Sendable (Value) -> Reply) -> Reply {
        if let value = ready { return answer(value) }
        return .later { [self] loop in
            guard let value = await value() else { return Response(Failure(.serviceUnavailable)) }
            switch answer(value) {
            case .now(let response): return response
            case .later(let work): return await work(loop)
            }
        }
    }
}
