import CLinux

/// The process's environment as a value; read here alone.
enum Environment {
    static var current: [String: String] {
        var variables: [String: String] = [:]
        guard var entry = unsafe clinux_environment() else { return [:] }
        while let text = unsafe entry.pointee {
            let parts = unsafe String(cString: text).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            // The first counts where a name stands twice, as with getenv(3).
            if parts.count == 2, variables[String(parts[0])] == nil {
                variables[String(parts[0])] = String(parts[1])
            }
            unsafe entry += 1
        }
        return variables
    }
}
