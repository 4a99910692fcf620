#pragma once
#include <brotli/decode.h>
#include <zlib.h>

/// A macro, which Swift does not import. 16 more than the window's bits: the gzip format.
static inline int cdecoders_inflate_init(z_stream *stream) {
    return inflateInit2(stream, 15 + 16);
}
