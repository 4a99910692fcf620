extension Command {
    static let version = alone(
        "version", "print the version", "usage: otpless-server version"
    ) {
        Terminal.tell("otpless-server \(Help.version)")
    }
}
