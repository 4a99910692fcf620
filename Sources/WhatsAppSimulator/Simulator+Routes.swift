public import Wire

extension Simulator {
    /// The paths of the Cloud API, of the phone page, of what the page calls, and of the faults.
    public var routes: Router {
        var router = Router()
        addPage(to: &router)
        router.on(.get, "/simulator/state") { request in PhonePage(self).state(request) }
        let actions: [(String, @Sendable (PhoneActions, Request) -> Reply)] = [
            ("tap", { $0.tap($1) }), ("choose", { $0.choose($1) }), ("text", { $0.text($1) }),
            ("react", { $0.react($1) }), ("image", { $0.image($1) }), ("read", { $0.read($1) }),
            ("card", { $0.card($1) }), ("change-number", { $0.changeNumber($1) }),
            ("add", { $0.add($1) }),
        ]
        for (name, act) in actions {
            router.on(.post, "/simulator/" + name) { request in act(PhoneActions(self), request) }
        }
        router.on(.get, "/simulator/faults") { request in FaultControl(self).show(request) }
        router.on(.put, "/simulator/faults") { request in FaultControl(self).replace(request) }
        router.on(.delete, "/simulator/faults") { request in FaultControl(self).clear(request) }
        router.on(.post, "/{version}/{phoneNumberID}/messages") { request in
            GraphAPI(self).send(request)
        }
        return router
    }

    /// The page under its own address and, as a link message opens WhatsApp, under a number's.
    private func addPage(to router: inout Router) {
        for path in ["/", "/{number}"] {
            router.asset(path, "text/html; charset=utf-8", PackageResources.phone_html)
        }
        router.asset("/phone.css", "text/css; charset=utf-8", PackageResources.phone_css)
        router.asset("/faults.css", "text/css; charset=utf-8", PackageResources.faults_css)
        let script: StaticString = "text/javascript; charset=utf-8"
        router.asset("/phone.js", script, PackageResources.phone_js)
        router.asset("/chat.js", script, PackageResources.chat_js)
        router.asset("/chats.js", script, PackageResources.chats_js)
        router.asset("/draft.js", script, PackageResources.draft_js)
        router.asset("/faults.js", script, PackageResources.faults_js)
        router.asset("/simulator.js", script, PackageResources.simulator_js)
    }
}
