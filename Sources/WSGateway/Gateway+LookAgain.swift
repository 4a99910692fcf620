import Loop
import OTPless
import Wire

extension Gateway {
    /// Lets all pages read the store once more: another process has changed it.
    public func lookAgain() {
        var pages: [ObjectIdentifier: (loop: EventLoop, logins: [LoginID])] = [:]
        for (login, socket) in attached {
            pages[ObjectIdentifier(socket.loop), default: (socket.loop, [])].logins.append(login)
        }
        for (loop, logins) in pages.values {
            // One letter for each loop: thousands of pages must not fill its mailbox.
            loop.post { [self] loop in
                for login in logins { look(at: login, on: loop) }
            }
        }
    }
}
