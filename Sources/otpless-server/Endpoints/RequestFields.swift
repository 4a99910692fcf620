import OTPless
import Wire

/// The JSON object of a request's body.
///
/// Fields have two spellings, `phoneNumber` and `phone_number`.
struct RequestFields {
    private let root: JSONValue

    /// - Throws: `UNSUPPORTED_MEDIA_TYPE` unless the body is declared as JSON; `INVALID_JSON` unless
    ///   it is an object.
    init(_ request: Request) throws(Failure) {
        guard Self.isJSON(request.headers.bytes(of: "content-type")) else {
            throw Failure(.unsupportedMediaType)
        }
        guard let document = try? JSONDocument(request.body), document.root.kind == .object else {
            throw Failure(.invalidJSON)
        }
        root = document.root
    }

    /// A field's value; nil when it is absent or null.
    ///
    /// - Throws: `INVALID_PARAMETERS` when both spellings are there with different values.
    func value(_ name: String) throws(Failure) -> JSONValue? {
        let (camel, snake) = (present(name), present(Self.snakeCase(name)))
        guard let camel, let snake else { return camel ?? snake }
        // The same text may be written with escapes or without.
        guard camel.string == snake.string, camel.string != nil || camel.bytes == snake.bytes else {
            throw Failure(
                .invalidParameters, field: name,
                details: "\(name) is given twice, with different values")
        }
        return camel
    }

    private func present(_ name: String) -> JSONValue? {
        guard let value = root[name], !value.isNull else { return nil }
        return value
    }

    /// A field that must be a string if it is there.
    ///
    /// - Throws: `INVALID_PARAMETERS` for another type.
    func string(_ name: String) throws(Failure) -> String? {
        guard let value = try value(name) else { return nil }
        guard let text = value.string else {
            throw Failure(.invalidParameters, field: name, details: "\(name) must be a string")
        }
        return text
    }

    /// A field that must be a boolean if it is there.
    ///
    /// - Throws: `INVALID_PARAMETERS` for another type.
    func flag(_ name: String) throws(Failure) -> Bool? {
        guard let value = try value(name) else { return nil }
        guard let flag = value.bool else {
            throw Failure(
                .invalidParameters, field: name, details: "\(name) must be true or false")
        }
        return flag
    }

    private static func isJSON(_ type: ArraySlice<UInt8>?) -> Bool {
        let essence = type?.prefix { $0 != UInt8(ascii: ";") } ?? []
        return essence.lazy.filter { $0 != UInt8(ascii: " ") }.map { $0 | 0x20 }
            .elementsEqual("application/json".utf8)
    }

    private static func snakeCase(_ name: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(name.utf8.count + 4)
        for letter in name.utf8 {
            let isCapital = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= letter
            if isCapital { bytes.append(UInt8(ascii: "_")) }
            bytes.append(isCapital ? letter | 0x20 : letter)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
