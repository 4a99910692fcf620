import OTPless

// `#expect` cannot call a mutating function, but one that takes the login by reference.

func apply(_ answer: InboundMessage, to login: inout Login, at now: Timestamp) -> Bool {
    guard case .button(let payload) = answer.content else { return false }
    return login.apply(payload, from: answer.sender.waID ?? "", at: now)
}

func end(_ login: inout Login, as state: Login.State, at now: Timestamp) -> Bool {
    login.end(as: state, at: now)
}
