import Foundation

/// Tries the client in a terminal: SignIn SERVER NUMBER.
///
/// It runs on Linux too, where there is no CryptoKit.
@main
struct SignIn {
    static func main() async throws {
        guard CommandLine.arguments.count == 3 else {
            print("usage: SignIn SERVER NUMBER")
            exit(64)
        }
        let client = OTPlessClient(server: CommandLine.arguments[1], sha256: digest)
        do {
            print("waiting for an answer in WhatsApp…")
            let session = try await client.login(phoneNumber: CommandLine.arguments[2]) {
                print("reply with \($0)")
            }
            print("signed in: user \(session.userId ?? "?"), new: \(session.isNewUser ?? false)")
            let fresh = try await client.refresh(session.refreshToken)
            print("refreshed: the next access token is good for \(fresh.expiresIn) s")
        } catch let refusal as OTPlessClient.Refusal {
            print("refused: \(refusal.code)")
            exit(1)
        }
    }

    /// SHA-256, by the openssl program.
    @Sendable static func digest(_ data: Data) -> Data {
        let openssl = Process()
        let input = Pipe()
        let output = Pipe()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        openssl.arguments = ["openssl", "dgst", "-sha256", "-binary"]
        openssl.standardInput = input
        openssl.standardOutput = output
        do {
            try openssl.run()
            try input.fileHandleForWriting.write(contentsOf: data)
            try input.fileHandleForWriting.close()
            return try output.fileHandleForReading.readToEnd() ?? Data()
        } catch {
            return Data()
        }
    }
}
