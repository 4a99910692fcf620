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
        let values = [root[name], root[Self.snakeCase(name)]].compactMap { $0 }.filter {
            !$0.isNull
        }
        guard let first = values.first else { return nil }
        // The same text may be written with escapes or without.
        guard
            values.allSatisfy({
                $0.string == first.string && ($0.string != nil || $0.bytes == first.bytes)
            })
        else {
            throw Failure(
                .invalidParameters, field: name,
                details: "\(name) is given twice, with different values")
        }
        return first
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

    private static func isJSON(_ type: ArraySlice<UInt8>?) -> Bool {
        let essence = type?.prefix { $0 != UInt8(ascii: ";") } ?? []
        return essence.lazy.filter { $0 != UInt8(ascii: " ") }.map { $0 | 0x20 }
            .elementsEqual("application/json".utf8)
    }

    private static func snakeCase(_ name: String) -> String {
        let bytes = name.utf8.flatMap { letter in
            UInt8(ascii: "A")...UInt8(ascii: "Z") ~= letter
                ? [UInt8(ascii: "_"), letter | 0x20] : [letter]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
