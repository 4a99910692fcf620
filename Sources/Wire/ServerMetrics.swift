import Loop
public import Metrics

/// What is counted of a server, whatever loop it happened on.
public final class ServerMetrics: MetricSource {
    private struct Parts {
        var names: [(method: String, path: String)] = []
        var services: [ServiceMetrics] = []
    }

    private let parts = Locked(Parts())

    /// Nothing was counted yet.
    public init() {}

    /// A part for one more loop; all have the same routes.
    func service(of router: Router) -> ServiceMetrics {
        let service = ServiceMetrics(endpoints: router.names.count)
        parts.withLock { parts in
            parts.names = router.names
            parts.services.append(service)
        }
        return service
    }

    /// Writes requests by route and status, their durations, and connections by state.
    public func write(to page: inout Exposition) {
        let (names, services) = parts.withLock { ($0.names, $0.services) }
        let endpoints = names.enumerated().map { number, name in
            Endpoint(
                labels: [("method", name.method), ("route", name.path)],
                parts: services.map { $0.endpoints[number] })
        }
        let others = [
            Endpoint(
                labels: [("method", "other"), ("route", "unmatched")],
                parts: services.map(\.unmatched)),
            Endpoint(
                labels: [("method", "other"), ("route", "refused")], parts: services.map(\.refused)),
        ]
        Self.write(endpoints, others, to: &page)
        Self.write(services, to: &page)
    }

    /// An endpoint with its parts on all loops.
    private struct Endpoint {
        let labels: [Family.Label]
        let parts: [EndpointMetrics]
    }

    private static func write(
        _ endpoints: [Endpoint], _ others: [Endpoint], to page: inout Exposition
    ) {
        page.family(
            "http_requests_total", .counter,
            "Requests that were answered. Route unmatched: no endpoint has this path and method; "
                + "refused: no proper request, or too slow."
        ) { family in
            for endpoint in endpoints + others {
                for (status, count) in EndpointMetrics.replies(of: endpoint.parts) {
                    family.add(endpoint.labels + [("code", status)], count)
                }
            }
        }
        page.family(
            "http_request_duration_seconds", .histogram,
            "From a whole request to its reply, without reading the one and sending the other."
        ) { family in
            for endpoint in endpoints {
                let total = Histogram.Snapshot.sum(of: endpoint.parts.map(\.durations))
                if let total { family.add(endpoint.labels, total) }
            }
        }
        page.gauge(
            "http_requests_in_flight", "Requests whose answer takes time, and is not there yet.",
            Gauge.sum(of: endpoints.flatMap(\.parts).map(\.inFlight)))
    }

    private static func write(_ services: [ServiceMetrics], to page: inout Exposition) {
        page.rows("connections", "Open connections.", by: "state", services.map(\.connections))
        page.counter(
            "connections_accepted_total", "Connections that were accepted.",
            Counter.sum(of: services.map(\.accepted)))
        page.counter(
            "connections_refused_total", "Accepted connections for which there was no place.",
            Counter.sum(of: services.map(\.turnedAway)))
        page.counter(
            "accept_pauses_total", "How often accepting paused: no descriptors or no memory left.",
            Counter.sum(of: services.map(\.pauses)))
    }
}
