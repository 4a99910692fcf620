import OTPless

/// What `otpless-server demo` was asked for.
struct DemoOptions {
    private(set) var port: UInt16 = 8080
    private(set) var phonePort: UInt16 = 8081
    private(set) var dataFolder: String?

    /// Settings as in `serve`, by the variables' names.
    private(set) var settings: [String: String] = [:]

    var loginURL: String { "http://127.0.0.1:\(port)" }

    var phoneURL: String { "http://127.0.0.1:\(phonePort)" }

    init(_ arguments: [String]) throws(UsageFault) {
        var rest = arguments[...]
        while let option = rest.popFirst() {
            guard let value = rest.popFirst() else {
                throw UsageFault(description: "\(option) needs a value")
            }
            switch option {
            case "--port": port = try Self.port(value, option)
            case "--phone-port": phonePort = try Self.port(value, option)
            case "--data": dataFolder = value
            case "--set": try set(value)
            default: throw UsageFault(description: "there is no option \(option)")
            }
        }
        guard port != phonePort else { throw UsageFault(description: "both ports are \(port)") }
    }

    private mutating func set(_ text: String) throws(UsageFault) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].hasPrefix("OTPLESS_") else {
            throw UsageFault(description: "--set takes a setting, such as OTPLESS_LOGIN_TTL=5s")
        }
        let name = String(parts[0])
        guard settings.updateValue(String(parts[1]), forKey: name) == nil else {
            throw UsageFault(description: "\(name) is set twice")
        }
    }

    private static func port(_ text: String, _ option: String) throws(UsageFault) -> UInt16 {
        guard let port = UInt16(text), port > 0 else {
            throw UsageFault(description: "\(option) must be a port from 1 to 65535")
        }
        return port
    }
}

/// Where the demo's database lies: a folder the operator chose, or one that goes with the demo.
struct DemoFolder {
    let path: String
    private let isTemporary: Bool

    init(_ chosen: String?) throws {
        isTemporary = chosen == nil
        let name = "otpless-demo-" + Base64URL.encode(Entropy.system.bytes(6))
        path = chosen ?? Files.temporaryFolder + "/" + name
        try Files.makeFolder(path)
    }

    /// What becomes of the database when the demo ends.
    var farewell: String {
        isTemporary ? "The database is deleted." : "The database stays in \(path)."
    }

    func removeIfTemporary() {
        let database = "otpless.db"
        if isTemporary {
            Files.remove([database, database + "-wal", database + "-shm"], in: path)
        }
    }
}
