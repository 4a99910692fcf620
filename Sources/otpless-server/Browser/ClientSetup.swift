import OTPless

/// What the browser client has to know about this server: the object that stands in its source.
enum ClientSetup {
    /// JSON that means itself within a script, wherever that stands.
    static func json(_ config: Config, _ parts: PageParts) -> [UInt8] {
        var writer = JSONWriter(reserving: 1024)
        writer.object { writer in
            writer.member("appName", config.appName)
            writer.array("methods") { writer in
                for method in Login.Method.allCases where config.methods.contains(method) {
                    writer.value(method.name)
                }
            }
            writer.member("cookie", config.refreshCookie)
            writer.member("delivery", config.deliveryEvents)
            writer.member("resendAfter", resendAfter(config.limits.phone))
            writer.object("assets") { assets(&$0, parts) }
        }
        return writer.bytes.escapedForScript
    }

    private static func assets(_ writer: inout JSONWriter, _ parts: PageParts) {
        for name in ["element.js", "element.css", "countries.js"] {
            writer.member(name, parts.path(of: name))
        }
        writer.object("words") { writer in
            for file in PageFile.words {
                let language = PageWords(file).language
                writer.member(language, parts.path(of: file.name))
            }
        }
    }

    /// For how many seconds a number that got a message cannot get another one.
    private static func resendAfter(_ limit: RateLimit?) -> Int {
        let windows = (limit?.rates ?? []).filter { $0.count == 1 }.map(\.window)
        return windows.max()?.wholeSeconds ?? 0
    }
}

extension [UInt8] {
    /// JSON without what ends a script or a line of one: there it can stand in strings alone.
    fileprivate var escapedForScript: [UInt8] {
        replacing("<", by: "\\u003C".utf8).replacing(">", by: "\\u003E".utf8)
            .replacing("&", by: "\\u0026".utf8)
            .replacing("\u{2028}", by: "\\u2028".utf8).replacing("\u{2029}", by: "\\u2029".utf8)
    }
}
