import OTPless

/// The command line of an operator's command: words, options of its own, and those of all.
struct OperatorArguments {
    /// What stands without an option, in order.
    private(set) var words: [String] = []

    /// What was given of the command's own options; nothing for one that takes no value.
    private(set) var values: [String: String] = [:]

    /// What is left for `Options`.
    private(set) var rest: [String] = []

    /// Takes arguments apart.
    ///
    /// - Parameters:
    ///   - options: The command's own options that take a value, each at most once.
    ///   - flags: Those that take none.
    init(
        _ arguments: [String], options: [String] = [], flags: [String] = []
    ) throws(UsageFault) {
        var remaining = arguments[...]
        while let argument = remaining.popFirst() {
            if flags.contains(argument) {
                values[argument] = ""
            } else if options.contains(argument) {
                guard let value = remaining.popFirst(), !value.isEmpty else {
                    throw UsageFault(description: "\(argument) needs a value")
                }
                guard values.updateValue(value, forKey: argument) == nil else {
                    throw UsageFault(description: "\(argument) can be given once")
                }
            } else if argument.hasPrefix("-") || argument.isEmpty {
                rest.append(argument)
                if argument == "--env-file", let path = remaining.popFirst() { rest.append(path) }
            } else {
                words.append(argument)
            }
        }
    }
}
