import OTPless
import WSGateway

extension Peers.Listener {
    /// What a server does with what it hears of other nodes.
    init(_ app: App, _ gateway: Gateway) {
        self.init {
            app.heard($0)
        } mayHaveMissed: {
            gateway.lookAgain()
        } clockDiffers: { ahead in
            guard ahead != .zero else { return app.log.write(.warning, "clock agrees again") }
            app.log.write(
                .warning, "clock differs",
                [
                    "seconds_ahead": .number(ahead.wholeSeconds),
                    "warning": .text(
                        "this machine's clock is not PostgreSQL's; is NTP running on both?"),
                ])
        }
    }
}
