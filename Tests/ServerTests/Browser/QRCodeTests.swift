import TestSupport
import Testing

@Suite(.blocking, .timeLimit(.minutes(2)))
struct QRCodeTests {
    /// An independent reader; without it the codes are looked at, but not read.
    private static let reader = Tool.find("zbarimg", for: "QR codes", package: "zbar-tools")

    @Test func `the code is the link, in each language`() async throws {
        try await withServer(["OTPLESS_APP_NAME": "Teehaus Ärmel & Söhne"]) { server in
            for language in PageFolder.languages {
                let login = try server.beginLink(#""qrCode":true,"locale":"\#(language)""#)
                let svg = try #require(login.reply.data["qrCode"].text)
                let code = try DrawnCode(svg)
                // Versions 1 to 40 are 21 to 177 squares wide.
                #expect((code.side - 8 - 17) % 4 == 0 && 21...177 ~= code.side - 8)
                guard let reader = Self.reader else { continue }
                let folder = try TemporaryFolder()
                let image = try folder.write(code.greyMap, to: "code.pgm")
                let read = try Tool(reader, ["--raw", "--quiet", "--nodbus", image])
                #expect(read.output == login.link + "\n", "\(language): \(read.complaints)")
            }
        }
    }

    @Test func `around the code four squares are light, and inside its corners are dark`()
        async throws
    {
        try await withServer { server in
            let login = try server.beginLink(#""qrCode":true"#)
            let code = try DrawnCode(try #require(login.reply.data["qrCode"].text))
            let inside = 4..<code.side - 4
            for (y, row) in code.squares.enumerated() {
                for (x, isDark) in row.enumerated() where isDark {
                    #expect(inside ~= x && inside ~= y)
                }
            }
            let corners = [(4, 4), (4, code.side - 5), (code.side - 5, 4)]
            for (x, y) in corners { #expect(code.squares[y][x]) }
        }
    }

    @Test func `only a link that asks for its code gets one`() async throws {
        try await withServer { server in
            for members in ["", #""qrCode":false"#, #""qrCode":null"#] {
                #expect(!(try server.beginLink(members).reply.data.names.contains("qrCode")))
            }
            #expect(try server.beginLink(#""qr_code":true"#).reply.data["qrCode"].text != nil)
            let prompt = try server.begin(#""phoneNumber":"+16505550142","qrCode":true"#)
            #expect(!prompt.reply.data.names.contains("qrCode"))
        }
    }

    @Test(arguments: [#""yes""#, "1", "0", "{}", "[true]", #""true""#])
    func `a value that is no boolean is told so`(_ value: String) async throws {
        try await withServer { server in
            for body in [
                #"{"method":"link","qrCode":\#(value)}"#,
                #"{"phoneNumber":"+16505550142","qr_code":\#(value)}"#,
            ] {
                let reply = try server.call("POST", "/api/auth/initiate", body)
                #expect(reply.isError(400, "INVALID_PARAMETERS"), "\(reply)")
                #expect(reply.json["error"]["fields"].list.first?["field"].text == "qrCode")
            }
        }
    }

    @Test func `many that are asked for at once are each their own`() async throws {
        try await withServer { server in
            let request = HTTPRequest(
                method: "POST", path: "/api/auth/initiate",
                headers: [("Content-Type", "application/json")],
                body: Array(#"{"method":"link","qrCode":true}"#.utf8))
            let sockets = try (0..<40).map { _ in try TCPSocket(port: server.port) }
            for socket in sockets { try socket.send(request.bytes) }
            let codes = try sockets.map { try $0.takeReply().json["data"]["qrCode"].text }
            #expect(Set(codes.compactMap { $0 }).count == 40)
        }
    }
}
