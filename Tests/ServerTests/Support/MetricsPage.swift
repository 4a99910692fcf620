import TestSupport

/// A page in the text format of Prometheus, read strictly: what is not as it must be is a fault.
///
/// **Source**: prometheus.io/docs/instrumenting/exposition_formats, "Text-based format".
struct MetricsPage {
    struct Family {
        let name: String
        let type: String
        let help: String
        var samples: [Sample] = []
    }

    struct Sample {
        let name: String
        let labels: [String: String]
        let value: Double
    }

    private struct Series: Hashable {
        let name: String
        let labels: [String: String]
    }

    /// In the order of the page.
    private(set) var families: [Family] = []
    private var series: Set<Series> = []

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Fault("the last line has no end") }
        var help: (name: String, text: String)?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            var reader = LineReader(line)
            if reader.skip("# HELP ") {
                guard help == nil else { throw Fault("HELP without TYPE before: \(line)") }
                help = (try reader.name(), try reader.text())
            } else if reader.skip("# TYPE ") {
                guard let known = help, known.name == (try reader.name()) else {
                    throw Fault("TYPE without its HELP: \(line)")
                }
                help = nil
                try begin(known.name, known.text, type: try reader.text())
            } else {
                guard help == nil else { throw Fault("HELP without TYPE before: \(line)") }
                try add(try reader.sample())
            }
        }
        for family in families where family.type == "histogram" { try Self.check(family) }
    }

    private mutating func begin(_ name: String, _ help: String, type: String) throws {
        guard ["counter", "gauge", "histogram"].contains(type) else {
            throw Fault("\(name) is a \(type)")
        }
        guard !families.contains(where: { $0.name == name }) else {
            throw Fault("\(name) stands twice")
        }
        guard (type == "counter") == name.hasSuffix("_total"), !help.isEmpty else {
            throw Fault("\(name), a \(type): \(help)")
        }
        families.append(Family(name: name, type: type, help: help))
    }

    private mutating func add(_ sample: Sample) throws {
        let last = families.count - 1
        guard last >= 0 else { throw Fault("\(sample) belongs to nothing") }
        let (family, type) = (families[last].name, families[last].type)
        guard sample.name.hasPrefix(family),
            (type == "histogram" ? ["_bucket", "_sum", "_count"] : [""])
                .contains(sample.name.dropFirst(family.count))
        else { throw Fault("\(sample) is not of \(family)") }
        guard series.insert(Series(name: sample.name, labels: sample.labels)).inserted else {
            throw Fault("twice: \(sample)")
        }
        guard type == "gauge" || sample.value >= 0 else { throw Fault("\(sample)") }
        // In place: a copy of the family would be one of all its samples, for each of them.
        families[last].samples.append(sample)
    }

    /// Buckets rise with their bounds up to `+Inf`, which is the count; series stand together.
    private static func check(_ family: Family) throws {
        var rest = family.samples[...]
        while let first = rest.first {
            var labels = first.labels
            labels["le"] = nil
            var (bound, count) = (-Double.infinity, 0.0)
            while let sample = rest.first, sample.name == family.name + "_bucket" {
                guard let text = sample.labels["le"], let next = Double(text), next > bound,
                    sample.value >= count, sample.labels.filter({ $0.key != "le" }) == labels
                else { throw Fault("buckets of \(family.name): \(sample)") }
                (bound, count) = (next, sample.value)
                rest.removeFirst()
            }
            let ends = rest.prefix(2)
            rest = rest.dropFirst(2)
            guard bound == .infinity,
                ends.map(\.name) == ["_sum", "_count"].map({ family.name + $0 }),
                ends.allSatisfy({ $0.labels == labels }), ends.last?.value == count
            else { throw Fault("end of \(family.name) \(labels): \(ends)") }
        }
    }

    // MARK: Asking

    /// The value of a series; 0 when there is none.
    func value(_ name: String, _ labels: [String: String] = [:]) -> Double {
        families.lazy.flatMap(\.samples).first { $0.name == name && $0.labels == labels }?.value
            ?? 0
    }

    /// What all series of that name come to that have these labels among theirs.
    func sum(_ name: String, _ labels: [String: String] = [:]) -> Double {
        families.flatMap(\.samples).filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }.map(\.value).reduce(0, +)
    }
}

/// Reads one line from its beginning.
private struct LineReader {
    private let line: Substring
    private var rest: Substring

    init(_ line: Substring) {
        self.line = line
        rest = line
    }

    mutating func skip(_ text: String) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }

    /// `[a-zA-Z_][a-zA-Z0-9_]*`; colons are for recording rules.
    mutating func name() throws -> String {
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard let first = name.first, !first.isNumber else { throw Fault("no name: \(line)") }
        rest = rest[name.endIndex...]
        return String(name)
    }

    /// What stands behind one space.
    mutating func text() throws -> String {
        guard skip(" "), !rest.isEmpty, !rest.hasPrefix(" ") else { throw Fault("\(line)") }
        return String(rest)
    }

    mutating func sample() throws -> MetricsPage.Sample {
        let name = try name()
        var labels: [String: String] = [:]
        if skip("{") {
            repeat {
                let label = try self.name()
                guard !label.hasPrefix("__"), labels[label] == nil, skip("=\"") else {
                    throw Fault("label \(label): \(line)")
                }
                labels[label] = try value()
            } while skip(",")
            guard skip("}") else { throw Fault("labels without end: \(line)") }
        }
        guard let number = Double(try text()), number.isFinite else {
            throw Fault("no number: \(line)")
        }
        return MetricsPage.Sample(name: name, labels: labels, value: number)
    }

    /// A label's value up to the quote that ends it.
    private mutating func value() throws -> String {
        var value = ""
        while let letter = rest.popFirst(), letter != "\"" {
            guard letter == "\\" else {
                value.append(letter)
                continue
            }
            guard let escaped = rest.popFirst(),
                let meant = ["\\": "\\", "\"": "\"", "n": "\n"][escaped]
            else { throw Fault("escape: \(line)") }
            value += meant
        }
        guard !rest.isEmpty else { throw Fault("value without end: \(line)") }
        return value
    }
}

extension LiveServer {
    /// What the server counts.
    func metrics() throws -> MetricsPage {
        let reply = try call("GET", "/metrics")
        guard reply.status == 200 else { throw Fault("metrics: \(reply)") }
        return try MetricsPage(reply.text)
    }
}
