/// What a command line has that no command understands.
struct UsageFault: Error, CustomStringConvertible {
    let description: String
}

/// The options of a command that reads the configuration.
struct Options {
    /// The file of settings.
    private(set) var envFile: String?

    init(_ arguments: [String]) throws(UsageFault) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard option == "--env-file" else {
                throw UsageFault(description: "there is no option \(option)")
            }
            guard let path = rest.popFirst(), !path.isEmpty else {
                throw UsageFault(description: "--env-file needs a file")
            }
            guard envFile == nil else {
                throw UsageFault(description: "--env-file can be given once")
            }
            envFile = path
        }
    }

    /// The option, as help texts describe it.
    static let help = """
          --env-file FILE   read settings from this file too; the environment's own win
        """
}
