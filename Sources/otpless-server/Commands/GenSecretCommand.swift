import OTPless

extension Command {
    static let genSecret = alone(
        "gen-secret", "print a fresh secret",
        """
        usage: otpless-server gen-secret

        Prints 32 random bytes in base64, such as for OTPLESS_JWT_SECRET.
        """
    ) {
        // Ordinary base64, which is what others who need the secret read.
        let letters = Base64URL.encode(Entropy.system.bytes(32)).map { letter in
            letter == "-" ? "+" : letter == "_" ? "/" : letter
        }
        return Terminal.tell(String(letters) + "=")
    }
}
