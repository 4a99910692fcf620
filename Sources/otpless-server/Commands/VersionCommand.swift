extension Command {
    static let version = alone(
        "version", "print the version", "usage: otpless-server version"
    ) {
        Terminal.say("otpless-server \(Help.version)")
        return .ok
    }
}
