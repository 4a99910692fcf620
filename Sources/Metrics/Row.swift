/// The values that one label can take, all known when the program is built.
public protocol MetricLabel: CaseIterable, Hashable, RawRepresentable<String>, Sendable {}

/// What a row can be made of.
public protocol MetricCell: AnyObject, Sendable {
    /// A count or a level.
    associatedtype Value: BinaryInteger

    /// What a family of such cells is.
    static var kind: Exposition.Kind { get }

    /// A cell that has counted nothing yet.
    init()

    /// The sum of several.
    static func sum(of cells: some Sequence<Self>) -> Value
}

/// A cell for each value of a label.
///
/// All of them are rendered from the start: where a series only appears with its first event,
/// Prometheus sees no increase.
public struct Row<Label: MetricLabel, Cell: MetricCell>: Sendable {
    private let cells: [Label: Cell]
    /// For a value that `allCases` leaves out, which none does that the compiler wrote.
    private let unlisted = Cell()

    /// A row of fresh cells.
    public init() {
        cells = Dictionary(uniqueKeysWithValues: Label.allCases.map { ($0, Cell()) })
    }

    /// The cell of a value.
    public subscript(label: Label) -> Cell { cells[label, default: unlisted] }
}
