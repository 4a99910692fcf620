/// The series of one metric.
public struct Family {
    /// A label's name and value.
    public typealias Label = (name: String, value: String)

    let name: String
    private(set) var lines = ""

    init(name: String) {
        self.name = name
    }

    /// Adds a series with a whole number.
    public mutating func add(_ labels: [Label], _ value: some BinaryInteger) {
        line(labels, String(value))
    }

    /// Adds a series with a decimal number: so many parts, of which `parts` make one.
    public mutating func add(_ labels: [Label], _ value: UInt64, of parts: UInt64) {
        line(labels, Self.decimal(value, of: parts))
    }

    /// Adds a histogram: its buckets, cumulated, and their sum and count.
    public mutating func add(_ labels: [Label], _ histogram: Histogram.Snapshot) {
        var total: UInt64 = 0
        let scale = histogram.scale
        let bounds = scale.bounds.map { Self.decimal($0, of: scale.unitsInOne) } + ["+Inf"]
        for (bound, count) in zip(bounds, histogram.counts) {
            total &+= count
            line(labels + [("le", bound)], String(total), suffix: "_bucket")
        }
        line(labels, Self.decimal(histogram.sum, of: scale.unitsInOne), suffix: "_sum")
        line(labels, String(total), suffix: "_count")
    }

    /// Adds a series for each value of a label, beside labels that all of them have: the sums of these rows.
    public mutating func add<Label, Cell>(
        _ labels: [Family.Label], by label: String, _ rows: [Row<Label, Cell>]
    ) {
        for value in Label.allCases {
            add(labels + [(label, value.rawValue)], Cell.sum(of: rows.map { $0[value] }))
        }
    }

    private mutating func line(_ labels: [Label], _ value: String, suffix: String = "") {
        lines += name
        lines += suffix
        if !labels.isEmpty {
            let pairs = labels.map { label in
                "\(label.name)=\"\(Exposition.escape(label.value, quotes: true))\""
            }
            lines += "{\(pairs.joined(separator: ","))}"
        }
        lines += " \(value)\n"
    }

    /// A fraction without rounding; the parts of one are a power of ten.
    static func decimal(_ value: UInt64, of parts: UInt64) -> String {
        let (whole, rest) = value.quotientAndRemainder(dividingBy: parts)
        guard rest > 0 else { return String(whole) }
        // A one in front keeps the zeros behind the point.
        var digits = String(rest + parts).dropFirst()
        while digits.last == "0" { digits.removeLast() }
        return "\(whole).\(digits)"
    }
}
