import FoundationEssentials
import OTPless

extension Command {
    static let genSecret = alone(
        "gen-secret", "print a fresh secret",
        """
        usage: otpless-server gen-secret

        Prints 32 random bytes in base64, such as for OTPLESS_JWT_SECRET.
        """
    ) {
        Terminal.tell(Data(Entropy.system.bytes(32)).base64EncodedString())
    }
}
