package import OTPless

extension SendFailure {
    /// What no template mends.
    package static let refused = SendFailure(cloudAPICode: 131_026)

    /// The person has not written for 24 hours.
    package static let windowClosed = SendFailure(cloudAPICode: 131_047)
}
