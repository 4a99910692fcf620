import Testing
import Wire

/// RFC 9110 §12.5.3.
struct ContentCodingTests {
    @Test(arguments: [
        ("br", ContentCoding.brotli), ("gzip", .gzip), ("identity", .identity),
        ("gzip, deflate, br, zstd", .brotli), ("gzip, deflate", .gzip), ("deflate", .identity),
        ("GZIP", .gzip), ("x-gzip", .gzip), ("gzip;q=1.0, br;q=0.9", .gzip),
        ("br;q=0.5, gzip;q=0.8, identity;q=0.1", .gzip), ("br;q=0, gzip", .gzip),
        ("br;q=0.000, gzip;q=0.001", .gzip), ("*", .brotli), ("*;q=0.1", .brotli),
        ("br;q=0, *", .gzip), ("gzip, *;q=0", .gzip), ("identity, br;q=0.5", .identity),
        ("identity;q=0.5, gzip;q=0.5", .gzip), ("br ; q=0.2 , gzip ; q=0.3", .gzip),
        (" , br,,", .brotli), ("br\t;\tq=1", .brotli),
    ])
    func `the coding that is wanted most is chosen, else the smallest`(
        field: String, coding: ContentCoding
    ) {
        #expect(chosen([field]) == coding)
    }

    @Test(arguments: ["", ",", "q=1", ";q=1", "*;q=0", "identity;q=0", "br;q=0,gzip;q=0,*;q=0"])
    func `where none is acceptable or named, the bytes are sent as they are`(field: String) {
        #expect(chosen([field]) == .identity)
    }

    @Test func `without the field the bytes are sent as they are`() {
        #expect(Request().contentCoding(among: ContentCoding.allCases) == .identity)
    }

    @Test func `identity refused is the coding that is left`() {
        #expect(chosen(["identity;q=0, *"]) == .brotli)
        #expect(chosen(["identity;q=0, *;q=0.1, br;q=0"]) == .gzip)
    }

    @Test(arguments: [
        "br;q=2", "br;q=1.1", "br;q=1.001", "br;q=-1", "br;q=+1", "br;q=0.1234", "br;q=x",
        "br;q=", "br;q=.5", "br;q", "br;level=1", "b r",
    ])
    func `an element that is malformed counts as not there`(element: String) {
        #expect(chosen([element]) == .identity)
        #expect(chosen([element + ", gzip;q=0.1"]) == .gzip)
    }

    @Test func `lines of the field are one list`() {
        #expect(chosen(["gzip;q=0.1", "br;q=0.2"]) == .brotli)
    }

    @Test func `only what is there is chosen`() {
        let request = Request(headers: [("Accept-Encoding", "br, gzip;q=0.5")])
        #expect(request.contentCoding(among: [.gzip, .identity]) == .gzip)
        #expect(request.contentCoding(among: [.identity]) == .identity)
    }

    private func chosen(_ lines: [String]) -> ContentCoding {
        Request(headers: lines.map { ("accept-encoding", $0) })
            .contentCoding(among: ContentCoding.allCases)
    }
}
