import OTPless

/// The faults as people and scripts write them; docs/simulator.md has the table.
extension SimulatorFaults {
    /// Reads `{"send":{…},…,"phones":[{"phone":"16505550142",…}]}`.
    ///
    /// - Throws: `INVALID_PARAMETERS` with the member at fault.
    init(_ root: JSONValue) throws(Failure) {
        let fields = try FaultFields(root, at: "", names: PhoneFaults.names + ["phones"])
        all = try PhoneFaults(fields)
        guard let list = fields.value("phones") else { return }
        guard list.kind == .array else { throw fields.failure("phones", "must be a list") }
        for (index, element) in list.elements.enumerated() {
            let fields = try FaultFields(
                element, at: "phones[\(index)]", names: PhoneFaults.names + ["phone"])
            phones[try fields.phone("phone")] = try PhoneFaults(fields)
        }
    }

    /// What `init` reads.
    var json: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            all.write(to: &writer)
            let sorted = phones.sorted { $0.key < $1.key }
            writer.objects("phones", sorted) { entry, writer in
                writer.member("phone", entry.key)
                entry.value.write(to: &writer)
            }
        }
        return writer.bytes
    }
}

extension PhoneFaults {
    fileprivate static let names = [
        "answers", "send", "answerDelay", "webhookDelay", "copies", "reversed", "beforeAnswer",
        "statuses",
        "batch", "omitsContext", "omitsContacts", "window", "windowFailsLater", "hidesNumber",
    ]

    fileprivate init(_ fields: FaultFields) throws(Failure) {
        answers = try fields.word("answers") ?? answers
        send = try fields.value("send").map { value throws(Failure) in
            try SendFault(value, at: fields.path("send"))
        }
        answerDelay = try fields.duration("answerDelay") ?? answerDelay
        webhookDelay = try fields.duration("webhookDelay") ?? webhookDelay
        copies = try fields.integer("copies", 1...100) ?? copies
        reversed = try fields.flag("reversed") ?? reversed
        beforeAnswer = try fields.flag("beforeAnswer") ?? beforeAnswer
        statuses = try fields.words("statuses") ?? statuses
        batch = try fields.integer("batch", 1...1000) ?? batch
        omitsContext = try fields.flag("omitsContext") ?? omitsContext
        omitsContacts = try fields.flag("omitsContacts") ?? omitsContacts
        window = try fields.word("window") ?? window
        windowFailsLater = try fields.flag("windowFailsLater") ?? windowFailsLater
        hidesNumber = try fields.flag("hidesNumber") ?? hidesNumber
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("answers", answers.rawValue)
        writer.member("send") { writer in
            if let send { writer.object { send.write(to: &$0) } }
        }
        writer.member("answerDelay", answerDelay.wholeMilliseconds)
        writer.member("webhookDelay", webhookDelay.wholeMilliseconds)
        writer.member("copies", copies)
        writer.member("reversed", reversed)
        writer.member("beforeAnswer", beforeAnswer)
        writer.array("statuses") { writer in
            for status in DeliveryStatus.allCases where statuses.contains(status) {
                writer.value(status.rawValue)
            }
        }
        writer.member("batch", batch)
        writer.member("omitsContext", omitsContext)
        writer.member("omitsContacts", omitsContacts)
        writer.member("window", window.rawValue)
        writer.member("windowFailsLater", windowFailsLater)
        writer.member("hidesNumber", hidesNumber)
    }
}

extension SendFault {
    private enum Word: String, CaseIterable {
        case error
        case page
        case empty
        case failure
    }

    fileprivate init(_ value: JSONValue, at path: String) throws(Failure) {
        let fields = try FaultFields(
            value, at: path,
            names: ["answer", "code", "status", "retryAfter", "regainAccess", "arrives", "next"])
        self.init(try Self.answer(fields))
        status = try fields.integer("status", 200...599)
        retryAfter = try fields.integer("retryAfter", 0...86_400)
        regainAccess = try fields.integer("regainAccess", 0...10_000)
        arrives = try fields.flag("arrives") ?? false
        next = try fields.integer("next", 1...1_000_000)
    }

    private static func answer(_ fields: FaultFields) throws(Failure) -> Answer {
        let code = try fields.integer("code", 0...9_999_999)
        let word: Word? = try fields.word("answer")
        switch (word ?? .error, code) {
        case (.error, let code?): return .error(code)
        case (.failure, let code?): return .failure(code)
        case (.error, nil), (.failure, nil): throw fields.failure("code", "is required")
        case (.page, nil): return .page
        case (.empty, nil): return .empty
        case (.page, _), (.empty, _): throw fields.failure("code", "belongs to error and failure")
        }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        switch answer {
        case .error(let code): write(.error, code, to: &writer)
        case .page: write(.page, nil, to: &writer)
        case .empty: write(.empty, nil, to: &writer)
        case .failure(let code): write(.failure, code, to: &writer)
        }
        if let status { writer.member("status", status) }
        if let retryAfter { writer.member("retryAfter", retryAfter) }
        if let regainAccess { writer.member("regainAccess", regainAccess) }
        writer.member("arrives", arrives)
        if let next { writer.member("next", next) }
    }

    private func write(_ word: Word, _ code: Int?, to writer: inout JSONWriter) {
        writer.member("answer", word.rawValue)
        if let code { writer.member("code", code) }
    }
}
