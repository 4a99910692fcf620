internal import CFuzzer
import Glibc
package import Oracles

/// The command line as C gives it to `main`.
package typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// A callback of C holds nothing, and a process has one oracle: it is set before libFuzzer starts.
nonisolated(unsafe) private var oracle: Oracle?

/// Lets libFuzzer look for an input that breaks the oracle, as the command line says.
package func fuzz(
    _ chosen: Oracle, _ count: CInt, _ arguments: Arguments?
) -> CInt {
    unsafe oracle = chosen
    var (count, arguments) = unsafe (count, arguments)
    return unsafe LLVMFuzzerRunDriver(&count, &arguments) { data, size in
        judge(unsafe Array(UnsafeBufferPointer(start: data, count: size)))
        return 0
    }
}

private func judge(_ bytes: [UInt8]) {
    do throws(OracleFault) {
        try unsafe oracle?.check(bytes)
    } catch {
        print("FOUND: \(error)")
        fflush(nil)
        // libFuzzer keeps the input of a process that ends like this.
        abort()
    }
}
