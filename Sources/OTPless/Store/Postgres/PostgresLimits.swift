/// How much a pool opens and lets wait, and for how long it waits itself.
package struct PostgresLimits: Sendable {
    /// How many connections a loop may have.
    package var connections = 8

    /// How many operations may wait for one of them.
    package var waiting = 2000

    /// How long an operation waits for a connection.
    package var patience = Duration.seconds(3)

    /// How long looking up the host, connecting and logging in may take together.
    package var opening = Duration.seconds(5)

    /// How long the server may say nothing while something is asked of it.
    package var answer = Duration.seconds(6)

    /// The pause after the first failed try to connect; it doubles.
    package var firstPause = Duration.milliseconds(100)

    package var longestPause = Duration.seconds(2)

    /// How often a transaction is run once more that was in another's way.
    package var repetitions = 5

    package init() {}

    /// The pause after so many failed tries, jittered: not all come back at once.
    func pause(afterTry tries: Int) -> Duration {
        let pause = min(firstPause * (1 << min(tries - 1, 10)), longestPause)
        return pause * Double.random(in: 0.5...1)
    }
}
