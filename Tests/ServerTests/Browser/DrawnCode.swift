import TestSupport

/// A QR code as a phone sees it: read out of its SVG, which must be of a fixed form.
struct DrawnCode {
    /// How many squares a side has, with the margin.
    let side: Int

    /// Row by row; whether a square is dark.
    private(set) var squares: [[Bool]]

    init(_ svg: String) throws {
        let form =
            #/<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 (\d+) (\d+)" shape-rendering="crispEdges"><rect width="(\d+)" height="(\d+)" fill="#fff"/><path stroke="#000" d="([Mhm0-9. ]+)"/></svg>/#
        guard let found = svg.wholeMatch(of: form)?.output, let side = Int(found.1),
            [found.2, found.3, found.4].allSatisfy({ $0 == found.1 })
        else { throw Fault("not in the form of a code: \(svg)") }
        self.side = side
        squares = Array(repeating: Array(repeating: false, count: side), count: side)
        for row in found.5.split(separator: "M") { try draw(row) }
    }

    /// `4 7.5h3m2 0h1`: from a place along the middle of its row, with the pen down and up.
    private mutating func draw(_ path: Substring) throws {
        guard let start = path.prefixMatch(of: #/(\d+) (\d+)\.5/#)?.output,
            var x = Int(start.1), let y = Int(start.2)
        else { throw Fault("not a row: \(path)") }
        for step in path.dropFirst(start.0.count).matches(of: #/h(\d+)|m(\d+) 0/#) {
            let isDark = step.output.1 != nil
            guard let length = (step.output.1 ?? step.output.2).flatMap({ Int($0) }),
                x + length <= side, y < side
            else { throw Fault("outside: \(path)") }
            if isDark { for column in x..<x + length { squares[y][column] = true } }
            x += length
        }
    }

    /// Four times as large, as a portable grey map.
    var greyMap: [UInt8] {
        let pixels = squares.flatMap { row -> [UInt8] in
            let line = row.flatMap { [UInt8](repeating: $0 ? 0 : 255, count: 4) }
            return line + line + line + line
        }
        return Array("P5 \(side * 4) \(side * 4) 255\n".utf8) + pixels
    }
}
