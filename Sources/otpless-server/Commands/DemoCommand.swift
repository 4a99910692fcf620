enum DemoCommand {
    static func run(_ arguments: [String]) async -> ExitStatus { .failed }
}
