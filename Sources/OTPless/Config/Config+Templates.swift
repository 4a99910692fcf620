extension Config {
    /// One template cannot be both: they have different buttons.
    package var templateFaults: [ConfigFault] {
        guard let name = whatsApp.template?.name, name == whatsApp.matchTemplate?.name else {
            return []
        }
        return [
            ConfigFault(
                name: "OTPLESS_WHATSAPP_MATCH_TEMPLATE",
                problem: "must have another name than OTPLESS_WHATSAPP_TEMPLATE")
        ]
    }
}
