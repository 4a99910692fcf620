extension Config {
    /// A setting of keys is missing, or set without an effect.
    func keyFaults(besides faults: [ConfigFault]) -> [ConfigFault] {
        // Without the algorithm nobody knows; and what cannot be read was meant all the same.
        let told = Set(faults.map(\.name))
        guard !told.contains("OTPLESS_JWT_ALGORITHM") else { return [] }
        let (secret, folder) = ("OTPLESS_JWT_SECRET", "OTPLESS_JWT_KEYS")
        let algorithm = tokens.algorithm.rawValue
        let isSecret = tokens.algorithm == .hs256
        let (wanted, other) = isSecret ? (secret, folder) : (folder, secret)
        let isSet = [secret: !tokens.secret.bytes.isEmpty, folder: tokens.keyFolder != nil]
        var found: [ConfigFault] = []
        if isSet[wanted] == false {
            let meaning = Setting.all.first { $0.name == wanted }?.meaning ?? ""
            found.append(
                ConfigFault(name: wanted, problem: "is required for \(algorithm): \(meaning)"))
        }
        if isSet[other] == true {
            found.append(
                ConfigFault(
                    name: other,
                    problem: "has no effect with \(algorithm); remove it, or set another "
                        + "OTPLESS_JWT_ALGORITHM"))
        }
        return found.filter { !told.contains($0.name) }
    }
}
