import Foundation
import Glibc
import OTPless
import TestSupport
import Testing

/// Keys that come and go while the server runs.
@Suite(.blocking, .timeLimit(.minutes(2)))
struct KeyRotationTests {
    /// A server with a folder of keys, and what changes them.
    private struct Rig {
        let server: LiveServer
        let folder: TemporaryFolder

        func reload(_ event: String = "keys reloaded") throws {
            let before = server.log.ranges(of: event).count
            server.process.signal(SIGHUP)
            _ = try waitFor("\(event); the log: \(server.log)") {
                server.log.ranges(of: event).count > before ? true : nil
            }
        }

        func remove(_ name: String) throws {
            try FileManager.default.removeItem(atPath: folder.file(name))
        }

        /// The `kid`s of the key set, in its order.
        func announced() throws -> [String] {
            try server.call("GET", "/.well-known/jwks.json").json["keys"].list.compactMap {
                $0["kid"].text
            }
        }
    }

    private func withRig(
        _ algorithm: String, _ key: TestKey, _ test: (Rig) throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try folder.write(key.pem, to: "2026-11.pem")
        let settings = [
            "OTPLESS_JWT_ALGORITHM": algorithm, "OTPLESS_JWT_SECRET": "",
            "OTPLESS_JWT_KEYS": folder.path,
        ]
        try await withServer(settings) { try test(Rig(server: $0, folder: folder)) }
    }

    private func kid(_ token: String) throws -> String? {
        let header = token.split(separator: ".").first.flatMap { Base64URL.decode(String($0)) }
        return try JSON(header ?? [])["kid"].text
    }

    @Test(arguments: [("ES256", TestKey.Kind.p256), ("EdDSA", .ed25519)])
    func `a new key signs after SIGHUP, the old one verifies until it is taken away`(
        _ algorithm: String, _ kind: TestKey.Kind
    ) async throws {
        try await withRig(algorithm, try TestKey(kind)) { rig in
            let session = try rig.server.signedIn("16505550142")
            #expect(try kid(session.accessToken) == "2026-11")
            try rig.folder.write(try TestKey(kind).pem, to: "2026-12.pem")
            try rig.reload()
            #expect(try rig.announced() == ["2026-11", "2026-12"])
            let refreshed = try rig.server.refresh(session.refreshToken)
            let fresh = try Session(refreshed.json["data"], user: session.userID)
            #expect(try kid(fresh.accessToken) == "2026-12")
            for token in [session.accessToken, fresh.accessToken] {
                #expect(try rig.server.me(token).status == 200)
            }
            try rig.remove("2026-11.pem")
            // Until SIGHUP nothing changes.
            #expect(try rig.server.me(session.accessToken).status == 200)
            try rig.reload()
            #expect(try rig.announced() == ["2026-12"])
            // It has just been verified, and is refused all the same.
            #expect(try rig.server.me(session.accessToken).isError(401, "INVALID_TOKEN"))
            #expect(try rig.server.me(fresh.accessToken).status == 200)
        }
    }

    @Test func `a page that waits gets a token of the key that signs by then`() async throws {
        try await withRig("ES256", try TestKey(.p256)) { rig in
            let page = try rig.server.page(try rig.server.initiate("+16505550142"))
            _ = try page.nextEvent("pending")
            try rig.folder.write(try TestKey(.p256).pem, to: "2026-12.pem")
            try rig.reload()
            try rig.server.press(\.confirm, on: rig.server.whatsApp.phone("16505550142"))
            let event = try page.nextEvent("auth_success")
            let token = try #require(event["data"]["accessToken"].text)
            #expect(try kid(token) == "2026-12")
            #expect(try rig.server.me(token).status == 200)
        }
    }

    @Test func `another key under the same name refuses the tokens of the one before`() async throws
    {
        try await withRig("ES256", try TestKey(.p256)) { rig in
            let token = try rig.server.signedIn("16505550142").accessToken
            #expect(try rig.server.me(token).status == 200)
            try rig.folder.write(try TestKey(.p256).pem, to: "2026-11.pem")
            try rig.reload()
            #expect(try rig.server.me(token).isError(401, "INVALID_TOKEN"))
        }
    }

    /// The way of several servers with the same keys: docs/keys.md.
    @Test
    func `a public key is announced and verifies what another server signs, and does not sign`()
        async throws
    {
        let next = try TestKey(.p256)
        try await withRig("ES256", try TestKey(.p256)) { rig in
            try rig.folder.write(next.publicPEM, to: "2026-12.pem")
            try rig.reload()
            #expect(try rig.announced() == ["2026-11", "2026-12"])
            let token = try rig.server.signedIn("16505550142").accessToken
            #expect(try kid(token) == "2026-11")
            // What a server that has the private key already would hand out.
            let header = #"{"alg":"ES256","kid":"2026-12","typ":"JWT"}"#
            let claims = token.split(separator: ".")[1]
            let input = "\(Base64URL.encode(header.utf8)).\(claims)"
            let signature = RawSignature.canonical(next.signature(of: Array(input.utf8)))
            let other = "\(input).\(Base64URL.encode(signature))"
            #expect(try rig.server.me(other).status == 200)
            try rig.folder.write(next.pem, to: "2026-12.pem")
            try rig.reload()
            #expect(try kid(try rig.server.signedIn("16505550143").accessToken) == "2026-12")
            #expect(try rig.server.me(token).status == 200)
            #expect(try rig.server.me(other).status == 200)
        }
    }

    @Test func `a bad folder changes nothing and is logged`() async throws {
        let key = try TestKey(.p256)
        try await withRig("ES256", key) { rig in
            let token = try rig.server.signedIn("16505550142").accessToken
            let wrong: [([UInt8], String, String)] = [
                (try TestKey(.ed25519).pem, "2026-12.pem", "is not a key of the curve P-256"),
                ([], "2026-13.pem", "has no key in PEM"),
                (try TestKey(.p256).pem, "a b.pem", "a key's name is of"),
                (key.publicPEM, "2026-10.pem", "are the same key"),
            ]
            for (bytes, name, problem) in wrong {
                try rig.folder.write(bytes, to: name)
                try rig.reload("keys not reloaded")
                #expect(rig.server.log.contains(problem))
                try rig.remove(name)
            }
            try rig.remove("2026-11.pem")
            try rig.reload("keys not reloaded")
            #expect(rig.server.log.contains("has no file whose name ends with .pem"))
            #expect(!rig.server.log.contains("keys reloaded"))
            #expect(try rig.announced() == ["2026-11"])
            #expect(try rig.server.me(token).status == 200)
            #expect(try kid(try rig.server.signedIn("16505550143").accessToken) == "2026-11")
            // Nothing of a key stands in the log.
            let lines = String(decoding: key.pem, as: UTF8.self).split(separator: "\n")
            #expect(lines.allSatisfy { !rig.server.log.contains($0) })
        }
    }

    @Test func `a restart knows the tokens of before, by each key of the folder`() async throws {
        try await withRig("EdDSA", try TestKey(.ed25519)) { rig in
            let old = try rig.server.signedIn("16505550142").accessToken
            try rig.folder.write(try TestKey(.ed25519).pem, to: "2026-12.pem")
            try rig.server.killAndRestart()
            let new = try rig.server.signedIn("16505550143").accessToken
            #expect(try kid(new) == "2026-12")
            for token in [old, new] { #expect(try rig.server.me(token).status == 200) }
        }
    }
}
