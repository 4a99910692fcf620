/// Why a test's own machinery could not go on; says what it waited for.
package struct Fault: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
