import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(2)))
struct LogoTests {
    private static let svg = """
        \u{FEFF}<?xml version="1.0"?>
        <!-- <html> --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd">
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>
        """
    private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0]

    private static let images: [(bytes: [UInt8], ending: String, type: String)] = [
        (Array(svg.utf8), "svg", "image/svg+xml"), (Array("<svg/>".utf8), "svg", "image/svg+xml"),
        (png, "png", "image/png"), ([0xFF, 0xD8, 0xFF, 0xE0, 0], "jpeg", "image/jpeg"),
        (Array("RIFF\u{4}\0\0\0WEBPVP8 ".utf8), "webp", "image/webp"),
    ]

    @Test(arguments: images)
    func `the logo is served by what it is, and can do nothing`(
        _ image: (bytes: [UInt8], ending: String, type: String)
    ) async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(image.bytes, to: "whatever")
        try await withServer(["OTPLESS_APP_LOGO": file]) { server in
            let path = try server.asset("logo.\(image.ending)")
            let reply = try server.call("GET", path, headers: [("Accept-Encoding", "br")])
            #expect(reply.status == 200 && reply["Content-Type"] == image.type)
            #expect(try reply.decoded() == image.bytes)
            #expect(
                reply["Content-Security-Policy"]
                    == "default-src 'none'; style-src 'unsafe-inline'; sandbox")
            #expect(reply["Cache-Control"] == "public, max-age=31536000, immutable")
            #expect(reply["Vary"] == (image.ending == "svg" ? "Accept-Encoding" : nil))
            #expect(
                try server.call("GET", "/").text.contains("<img class=\"logo\" src=\"\(path)\""))
        }
    }

    private static let others: [[UInt8]] = [
        [], Array("logo".utf8), Array("<html><svg></svg></html>".utf8), Array("<svgx/>".utf8),
        Array("<!-- <svg/>".utf8), Array("<svg".utf8), Array("GIF89a".utf8),
        Array("RIFF\0\0\0\0WAVE".utf8), Array("<svg>".utf8) + [0xFF], Array(png.dropFirst()),
    ]

    @Test(arguments: others)
    func `what is no such image is a fault`(_ bytes: [UInt8]) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(bytes, to: "logo.svg")
        try expectFault(file, "\(file) is no SVG, PNG, JPEG or WebP image", in: folder)
    }

    @Test func `a logo that cannot be read, or is too large, is a fault`() throws {
        let folder = try TemporaryFolder()
        let missing = folder.path + "/none.svg"
        try expectFault(
            missing, "\(missing): there is no such file, or it cannot be reached", in: folder)
        try expectFault(folder.path, "\(folder.path): is not a regular file", in: folder)
        let padding = [UInt8](repeating: 0, count: 256 << 10)
        let large = try folder.write(Self.png + padding, to: "large.png")
        try expectFault(large, "\(large) has more than 256 KiB", in: folder)
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_APP_LOGO"] = try folder.write(
            Array((Self.png + padding).prefix(256 << 10)), to: "fits.png")
        #expect(try CommandRun(["check-config"], settings).end == .exited(0))
    }

    /// Told by the check, by the server, and by the demo.
    private func expectFault(
        _ path: String, _ problem: String, in folder: TemporaryFolder
    ) throws {
        var settings = CommandTests.settings(folder)
        settings["OTPLESS_APP_LOGO"] = path
        let ports = ["--port", "\(try FreePort.next())", "--phone-port", "\(try FreePort.next())"]
        for run in [
            try CommandRun(["check-config"], settings), try CommandRun(["serve"], settings),
            try CommandRun(["demo", "--set", "OTPLESS_APP_LOGO=\(path)"] + ports),
        ] {
            #expect(run.end == .exited(78))
            #expect(run.complaints == ["OTPLESS_APP_LOGO: \(problem)"])
        }
    }
}
