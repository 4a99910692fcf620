extension Login.Device {
    /// Browser and system for the message, `Firefox, Windows`; nil when neither is known.
    ///
    /// Only names of this list, never the header's own words: whoever starts a login chooses those,
    /// and they would stand in a message to somebody else.
    public var name: String? {
        let header = userAgent ?? ""
        let browser = Self.browsers.first { header.hasBytes(of: $0.mark) }?.name
        let system = Self.systems.first { header.hasBytes(of: $0.mark) }?.name ?? appSystem
        let parts = [browser, system].compactMap { $0 }
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private var appSystem: String? { ["ios": "iOS", "android": "Android"][type ?? ""] }

    /// Most browsers name the ones they descend from as well: the most special mark comes first.
    private static let browsers: [(mark: String, name: String)] = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("EdgiOS/", "Edge"), ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"), ("YaBrowser/", "Yandex"), ("Vivaldi/", "Vivaldi"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]

    private static let systems: [(mark: String, name: String)] = [
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
        ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ]
}

extension String {
    /// Whether another text's bytes stand in this one; `contains` compares characters, at a hundred
    /// times the cost.
    fileprivate func hasBytes(of mark: String) -> Bool {
        let (bytes, mark) = (utf8.span, mark.utf8.span)
        var start = 0
        while start + mark.count <= bytes.count {
            var length = 0
            while length < mark.count, bytes[start + length] == mark[length] { length += 1 }
            if length == mark.count { return true }
            start += 1
        }
        return false
    }
}
