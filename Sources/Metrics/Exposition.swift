/// Something that has metrics to show.
public protocol MetricSource: Sendable {
    /// Writes all its families, from any thread and without making those wait who count.
    func write(to exposition: inout Exposition)
}

/// A page in the text format of Prometheus, version 0.0.4.
///
/// Source: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format".
public struct Exposition {
    /// What a family's values are.
    public enum Kind: String {
        case counter, gauge, histogram
    }

    /// The media type of the page.
    public static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

    /// The page as far as it is written.
    public private(set) var text = ""

    private let prefix: String

    /// An empty page; the prefix goes in front of each name.
    public init(prefix: String) {
        self.prefix = prefix
    }

    /// Writes a family with all of its series; each name comes once.
    ///
    /// - Parameter isStandard: The name is Prometheus' own and gets no prefix.
    public mutating func family(
        _ name: String, _ kind: Kind, _ help: String, isStandard: Bool = false,
        _ write: (inout Family) -> Void
    ) {
        var family = Family(name: isStandard ? name : prefix + name)
        text += "# HELP \(family.name) \(Self.escape(help, quotes: false))\n"
        text += "# TYPE \(family.name) \(kind.rawValue)\n"
        write(&family)
        text += family.lines
    }

    /// Writes a family with a series for each value of a label: the sums of these rows.
    public mutating func rows<Label, Cell>(
        _ name: String, _ help: String, by label: String, _ rows: [Row<Label, Cell>]
    ) {
        family(name, Cell.kind, help) { $0.add([], by: label, rows) }
    }

    /// Writes a counter without labels.
    public mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        family(name, .counter, help) { $0.add([], value) }
    }

    /// Writes a gauge without labels.
    public mutating func gauge(_ name: String, _ help: String, _ value: Int) {
        family(name, .gauge, help) { $0.add([], value) }
    }

    /// What has a meaning in the format gets a backslash in front.
    static func escape(_ text: String, quotes: Bool) -> String {
        guard text.utf8.contains(where: { "\\\n\"".utf8.contains($0) }) else { return text }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += #"\\"#
            case "\n": escaped += #"\n"#
            case "\"" where quotes: escaped += #"\""#
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
