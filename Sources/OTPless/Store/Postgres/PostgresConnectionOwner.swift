import Loop

/// Whoever uses a connection: hears how it begins and ends.
protocol PostgresConnectionOwner: AnyObject {
    /// It is logged in.
    func opened(_ connection: PostgresConnection, on loop: isolated EventLoop)

    /// It has come to its end; whoever waited for it has been told. `reason` has no secret.
    func ended(_ connection: PostgresConnection, _ reason: String, on loop: isolated EventLoop)

    /// Something has come.
    func received(_ connection: PostgresConnection, on loop: isolated EventLoop)
}
