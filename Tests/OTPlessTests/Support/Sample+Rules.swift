import OTPless

// `#expect` cannot call a mutating function, but one that takes the login by reference.

func apply(_ answer: Answer, to login: inout Login, at now: Timestamp) -> Bool {
    login.apply(answer, at: now)
}

func end(_ login: inout Login, as state: Login.State, at now: Timestamp) -> Bool {
    login.end(as: state, at: now)
}
