import CQREncode
import OTPless

/// A text as a QR code: squares, dark or light.
///
/// Source: ISO/IEC 18004, by libqrencode (decision 0028).
struct QRCode {
    /// How many squares a side has.
    let width: Int

    /// Row by row; whether a square is dark.
    private let squares: [Bool]

    /// The margin that a reader needs (§5.3.8).
    private static let margin = 4

    /// Level L: a screen is neither dirty nor torn, and more would make the squares smaller.
    ///
    /// Nil for an empty text and for one longer than such a code can be, 2,953 bytes.
    init?(_ text: String) {
        guard let code = unsafe QRcode_encodeString8bit(text, 0, QR_ECLEVEL_L) else { return nil }
        defer { unsafe QRcode_free(code) }
        let width = unsafe Int(code.pointee.width)
        guard let data = unsafe code.pointee.data else { return nil }
        self.width = width
        // The lowest bit is the colour, the others say what the square is for.
        squares = (0..<width * width).map { unsafe data[$0] & 1 == 1 }
    }

    /// An SVG document that scales to whatever it is put into, and can do nothing.
    ///
    /// A row of the path is drawn along its middle, which takes half the bytes of outlines.
    var svg: String {
        let side = width + 2 * Self.margin
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(side) \(side)\" "
            + "shape-rendering=\"crispEdges\"><rect width=\"\(side)\" height=\"\(side)\" "
            + "fill=\"#fff\"/><path stroke=\"#000\" d=\"\(path)\"/></svg>"
    }

    private var path: String {
        (0..<width).map { row in
            var path = "M\(Self.margin) \(row + Self.margin).5"
            for run in runs(row) { path += run.isDark ? "h\(run.count)" : "m\(run.count) 0" }
            return path
        }.joined()
    }

    /// The dark and light runs of a row, but for the last light one.
    private func runs(_ row: Int) -> [(isDark: Bool, count: Int)] {
        var runs: [(isDark: Bool, count: Int)] = []
        for isDark in squares[row * width..<(row + 1) * width] {
            if runs.last?.isDark == isDark {
                runs[runs.count - 1].count += 1
            } else {
                runs.append((isDark, 1))
            }
        }
        if runs.last?.isDark == false { runs.removeLast() }
        return runs
    }
}
