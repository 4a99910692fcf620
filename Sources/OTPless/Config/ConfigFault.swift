/// One fault of a configuration; its text names the variable and never shows a secret's value.
public struct ConfigFault: Hashable, Sendable, CustomStringConvertible {
    /// The variable at fault.
    public let name: String

    /// What is wrong with it, and what would be right.
    public let problem: String

    /// A fault of a variable.
    public init(name: String, problem: String) {
        self.name = name
        self.problem = problem
    }

    /// One line: `OTPLESS_LISTEN: …`.
    public var description: String { "\(name): \(problem)" }
}

/// All faults of a configuration at once.
public struct ConfigError: Error, Sendable {
    /// The faults, in the order in which the variables are read.
    public let faults: [ConfigFault]

    /// An error of these faults.
    public init(faults: [ConfigFault]) {
        self.faults = faults
    }
}
