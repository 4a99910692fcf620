extension SQLiteStore {
    /// Applies delivery reports.
    public func apply(
        _ reports: [DeliveryReport], at now: Timestamp
    ) async throws(StoreError) -> [ReportResult] {
        try await writer.perform { db throws(SQLiteError) in
            var results: [ReportResult] = []
            for report in reports {
                let known = try Rows.sentMessage(report.messageID, in: db)
                // The report may come before the answer to the send, which names the message.
                guard let message = known ?? report.reference,
                    var login = try Rows.login(message.login, in: db)
                else { continue }
                var report = report
                // No template follows a deny.
                if report.templateSecret != nil,
                    try Rows.contact(login.phone, in: db).block(at: now) != nil
                {
                    report.templateSecret = nil
                }
                let effect = login.apply(report, on: message.kind, at: now)
                guard effect != .none else { continue }
                try Rows.update(login, in: db)
                results.append(ReportResult(report: report, login: login, effect: effect))
            }
            return results
        }
    }
}
