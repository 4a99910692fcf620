import Testing
import Wire

/// CONTRACT section 2, GET /api/auth/ws: how often a waiting page is pinged.
struct PingTimeTests {
    @Test func `a waiting WebSocket is pinged every 25 seconds unless told otherwise`() {
        #expect(TimeLimits().ping == .seconds(25))
    }
}
