import Loop
import Testing

struct DecimalTests {
    @Test(arguments: [0, 1, 9, 10, 99, 100, 1_234_567_890, -1, -10, .max, .min] as [Int64])
    func `digits are appended as a text would have them`(number: Int64) {
        var bytes = Array("n=".utf8)
        bytes.append(decimal: number)
        #expect(bytes == Array("n=\(number)".utf8))
    }
}
