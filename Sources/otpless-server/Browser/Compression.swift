import CBrotli
import CZlib
import Wire

/// Bytes in the codings that browsers take.
///
/// Runs on: a thread that may take its time; brotli at its best needs a millisecond for a KiB.
enum Compression {
    /// The bytes in a coding; nil when that makes them no shorter.
    static func encode(_ bytes: [UInt8], as coding: ContentCoding) -> [UInt8]? {
        let encoded: [UInt8]? =
            switch coding {
            case .brotli: brotli(bytes)
            case .gzip: gzip(bytes)
            case .identity: nil
            }
        return encoded.flatMap { $0.count < bytes.count ? $0 : nil }
    }

    /// RFC 7932.
    ///
    /// Nothing here is larger than a window of 64 KiB needs, and a larger one costs memory.
    private static func brotli(_ bytes: [UInt8]) -> [UInt8]? {
        var encoded = [UInt8](repeating: 0, count: bytes.count + 1024)
        var count = encoded.count
        let isDone = unsafe BrotliEncoderCompress(
            BROTLI_MAX_QUALITY, 16, BROTLI_MODE_TEXT, bytes.count, bytes, &count, &encoded)
        return isDone == 1 ? Array(encoded.prefix(count)) : nil
    }

    /// RFC 1952.
    ///
    /// 16 more than the window's bits asks zlib for this format.
    private static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = unsafe z_stream()
        guard unsafe czlib_deflate_init(&stream, Z_BEST_COMPRESSION, 15 + 16) == Z_OK else {
            return nil
        }
        defer { unsafe deflateEnd(&stream) }
        // One call does it where all of the output has its place.
        var encoded = [UInt8](
            repeating: 0, count: unsafe Int(deflateBound(&stream, UInt(bytes.count))))
        var input = bytes
        let isDone = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe encoded.withUnsafeMutableBufferPointer { output in
                unsafe stream.next_in = input.baseAddress
                unsafe stream.avail_in = UInt32(input.count)
                unsafe stream.next_out = output.baseAddress
                unsafe stream.avail_out = UInt32(output.count)
                return unsafe deflate(&stream, Z_FINISH) == Z_STREAM_END
            }
        }
        return isDone ? unsafe Array(encoded.prefix(Int(stream.total_out))) : nil
    }
}
