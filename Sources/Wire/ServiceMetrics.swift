import Loop
import Metrics

/// What is counted of one loop's share of a server: by that loop alone, so that no other one waits for
/// the memory.
final class ServiceMetrics: Sendable {
    /// By the endpoint's number.
    let endpoints: [EndpointMetrics]

    /// Requests that no endpoint takes.
    let unmatched = EndpointMetrics()

    /// What is no proper request, or did not come in time.
    let refused = EndpointMetrics()

    let connections = Row<ConnectionState, Gauge>()
    let accepted = Counter()

    /// Connections that found no place.
    let turnedAway = Counter()

    /// How often accepting had to pause: no descriptors, or no memory.
    let pauses = Counter()

    init(endpoints count: Int) {
        endpoints = (0..<count).map { _ in EndpointMetrics() }
    }

    func moved(from old: ConnectionState, to new: ConnectionState) {
        guard old != new else { return }
        connections[old].add(-1)
        connections[new].add(1)
    }
}

/// What a connection is there for.
enum ConnectionState: String, MetricLabel {
    case http, websocket, closing
}

extension Connection.Mode {
    var state: ConnectionState {
        switch self {
        case .http: .http
        case .webSocket: .websocket
        case .closing: .closing
        }
    }
}
