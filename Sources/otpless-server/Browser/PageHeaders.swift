import OTPless

/// What browsers are told about a page beside its text.
enum PageHeaders {
    /// A page that keeps to itself: everything comes from here, nothing is inline, and no frame is around it.
    ///
    /// It is asked for anew each time (304 as a rule), since it names its parts by their hashes.
    /// Source: W3C Content Security Policy Level 3, Permissions Policy; WHATWG HTML §7.1.3.
    static func page(_ config: Config) -> HeaderFields {
        [
            ("Cache-Control", "no-cache"), ("Content-Security-Policy", policy(config)),
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"), ("Permissions-Policy", features),
        ]
    }

    private static func policy(_ config: Config) -> String {
        // Not all browsers take ws: and wss: for 'self'.
        let sockets = (config.publicOrigin ?? "").replacingScheme()
        return "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'"
            + (sockets.isEmpty ? "" : " " + sockets)
            + "; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }

    /// What a sign-in never needs; a script that gets in all the same has none of it.
    private static let features = [
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer",
        "microphone", "midi", "payment", "usb",
    ].map { $0 + "=()" }.joined(separator: ", ")
}

extension String {
    /// `http` becomes `ws`, and so `https` `wss`.
    fileprivate func replacingScheme() -> String {
        hasPrefix("http") ? "ws" + dropFirst("http".count) : self
    }
}
