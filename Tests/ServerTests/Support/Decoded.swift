import CDecoders
import TestSupport

extension HTTPReply {
    /// The body without its content coding, as the libraries of browsers undo it.
    func decoded() throws -> [UInt8] {
        switch self["Content-Encoding"] {
        case nil: return body
        case "br": return try brotliDecoded()
        case "gzip": return try gzipDecoded()
        case let coding?: throw Fault("a coding that nobody asked for: \(coding)")
        }
    }

    private func brotliDecoded() throws -> [UInt8] {
        var output = [UInt8](repeating: 0, count: 1 << 20)
        var count = output.count
        let result = unsafe BrotliDecoderDecompress(body.count, body, &count, &output)
        guard result == BROTLI_DECODER_RESULT_SUCCESS else { throw Fault("not brotli") }
        return Array(output.prefix(count))
    }

    private func gzipDecoded() throws -> [UInt8] {
        var stream = unsafe z_stream()
        guard unsafe cdecoders_inflate_init(&stream) == Z_OK else { throw Fault("no zlib") }
        defer { unsafe inflateEnd(&stream) }
        var (input, output) = (body, [UInt8](repeating: 0, count: 1 << 20))
        let result = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                return unsafe inflate(&stream, Z_FINISH)
            }
        }
        guard result == Z_STREAM_END, unsafe stream.avail_in == 0 else { throw Fault("not gzip") }
        return unsafe Array(output.prefix(Int(stream.total_out)))
    }
}
