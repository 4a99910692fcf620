import FoundationEssentials

/// The process's environment as a value; read here alone.
enum Environment {
    static var current: [String: String] { ProcessInfo.processInfo.environment }
}
