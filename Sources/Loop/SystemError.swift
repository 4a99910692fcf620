import Glibc

/// A system call that failed, with its `errno`.
///
/// The description names the call and the cause, never what was passed to it.
public struct SystemError: Error, CustomStringConvertible, Sendable {
    /// The function that failed, such as `bind`.
    public let call: StaticString

    /// The error number it left.
    public let number: Int32

    /// Takes the current `errno` unless another number is given.
    public init(_ call: StaticString, number: Int32? = nil) {
        self.call = call
        self.number = number ?? errno
    }

    /// The call and the system's own text for the error, such as `bind: Address already in use`.
    public var description: String {
        unsafe "\(call): \(String(cString: strerror(number)))"
    }
}

/// Returns a system call's result, or throws its `errno` when it is negative.
@discardableResult
public func check(_ result: Int32, _ call: StaticString) throws(SystemError) -> Int32 {
    guard result >= 0 else { throw SystemError(call) }
    return result
}
