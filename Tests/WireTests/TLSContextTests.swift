import TestSupport
import Testing
import Wire

/// Which files make a server, and what is said of those that do not.
struct TLSContextTests {
    private func fault(_ certificate: [UInt8], _ key: [UInt8]) -> TLSFault? {
        do throws(TLSFault) {
            _ = try TLSContext(certificate: certificate, key: key)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a certificate and its key are taken, whatever stands around them`() throws {
        for certificate in [try TestCertificate(), try TestCertificate.rsa.get()] {
            #expect(fault(certificate.pem, certificate.keyPEM) == nil)
            let note = Array("Bag Attributes\n\tsomething\n".utf8)
            #expect(fault(note + certificate.pem, note + certificate.keyPEM + note) == nil)
            // One file for both.
            let both = certificate.keyPEM + certificate.pem
            #expect(fault(both, both) == nil)
        }
    }

    @Test func `what is no certificate is refused`() throws {
        let own = try TestCertificate()
        for bytes in [[], Array("hello".utf8), own.keyPEM, Array(own.pem.dropLast(30))] {
            #expect(fault(bytes, own.keyPEM) == .certificate("has no certificate in PEM"))
        }
    }

    @Test func `a chain that is cut is refused`() throws {
        let own = try TestCertificate()
        #expect(
            fault(own.pem + own.pem.dropLast(30), own.keyPEM)
                == .certificate("has a chain that cannot be read"))
    }

    @Test func `what is no key is refused`() throws {
        let own = try TestCertificate()
        for bytes in [[], Array("hello".utf8), own.pem, Array(own.keyPEM.dropLast(30))] {
            #expect(fault(own.pem, bytes) == .key("has no private key in PEM"))
        }
    }

    @Test func `another certificate's key is refused`() throws {
        let own = try TestCertificate()
        for other in [try TestCertificate(), try TestCertificate.rsa.get()] {
            #expect(fault(own.pem, other.keyPEM) == .key("is not the key of the certificate"))
        }
    }

    @Test func `an encrypted key is refused and nobody is asked`() throws {
        let own = try TestCertificate()
        #expect(
            fault(own.pem, own.encryptedKeyPEM(passphrase: "secret"))
                == .key("is encrypted, and there is nobody to ask for the passphrase"))
    }

    @Test(arguments: [(-1, -1), (0, -1), (1, 0), (14, 13), (90, 89)])
    func `how long a certificate is valid is known`(days: Int, left: Int) throws {
        let certificate = try TestCertificate(days: days)
        let context = try TLSContext(certificate)
        #expect(context.daysLeft == left && context.hasBegun)
    }

    @Test(arguments: [
        ("DNS:login.example.com", "login.example.com", true),
        ("DNS:login.example.com", "example.com", false),
        ("DNS:*.example.com", "login.example.com", true),
        ("DNS:*.example.com", "a.login.example.com", false),
        ("IP:127.0.0.1", "127.0.0.1", true), ("IP:::1", "::1", true),
        ("DNS:localhost", "127.0.0.1", false),
    ])
    func `whom a certificate is for is known`(names: String, host: String, fits: Bool) throws {
        #expect(try TLSContext(try TestCertificate(for: names)).certifies(host: host) == fits)
    }
}
