public import Metrics

/// What is counted of logins, of their messages and of their tokens.
public final class LoginMetrics: MetricSource {
    /// How a login ended.
    enum End: String, MetricLabel {
        case confirmed, denied, cancelled
        /// The provider did not take the message.
        case unsent
        /// The provider reported that the message failed.
        case undeliverable
        /// The person does not show a number.
        case numberHidden = "number_hidden"
    }

    /// What kept a login from being started.
    enum Block: String, MetricLabel {
        /// A deny before.
        case denied
        /// The limit of the phone.
        case phone
        /// The limit of the client's network.
        case ip
        /// There was no number left for the page to show.
        case numbers
        /// The lock of the phone.
        case locked
        /// The list of countries.
        case country
    }

    /// What the provider said of a message.
    enum Sending: String, MetricLabel {
        case accepted
        /// Only a template reaches the person.
        case windowClosed = "window_closed"
        case failed
    }

    /// What an answer of a phone came to.
    enum Answering: String, MetricLabel {
        case applied, ignored
    }

    /// What a refresh came to.
    enum Refresh: String, MetricLabel {
        case rotated, reused, refused
    }

    let started = Counter()
    let blocked = Row<Block, Counter>()
    let ended = Row<End, Counter>()
    let buttons = Row<Sending, Counter>()
    let templates = Row<Sending, Counter>()
    let contacts = Row<Sending, Counter>()
    let confirms = Row<Answering, Counter>()
    let denies = Row<Answering, Counter>()
    let handovers = Counter()
    let refreshes = Row<Refresh, Counter>()

    /// Nothing was counted yet.
    public init() {}

    func sent(_ kind: Login.MessageKind, _ result: Result<SentMessage, SendFailure>) {
        let row = [.template: templates, .contact: contacts][kind] ?? buttons
        switch result {
        case .success: row[.accepted].add()
        case .failure(let failure):
            row[failure.reason == .windowClosed ? .windowClosed : .failed].add()
        }
    }

    func blocked(_ obstacle: Obstacle) {
        let block: Block =
            switch obstacle {
            case .denied: .denied
            case .phone: .phone
            case .network: .ip
            case .numbers: .numbers
            }
        blocked[block].add()
    }

    func answered(_ result: AnswerResult) {
        for change in result.changes { end(change.state).map { ended[$0].add() } }
        let row = [.confirmed: confirms, .denied: denies][result.outcome]
        row?[result.isApplied ? .applied : .ignored].add()
    }

    private func end(_ state: Login.State) -> End? {
        switch state {
        case .confirmed: .confirmed
        case .denied: .denied
        case .cancelled: .cancelled
        case .numberHidden: .numberHidden
        case .pending, .failed: nil
        }
    }

    /// Writes all of it.
    public func write(to page: inout Exposition) {
        page.counter("logins_started_total", "Logins that were started.", started.value)
        page.rows(
            "logins_blocked_total", "Logins that were not started, by what kept them from it.",
            by: "reason", [blocked])
        page.rows(
            "logins_ended_total",
            "Logins by outcome, without those that ran out; one denied later was confirmed before.",
            by: "outcome", [ended])
        page.family(
            "messages_total", .counter, "Messages that were given to the provider, by its answer."
        ) { family in
            family.add([("kind", "buttons")], by: "result", [buttons])
            family.add([("kind", "template")], by: "result", [templates])
            family.add([("kind", "contact")], by: "result", [contacts])
        }
        page.family(
            "answers_total", .counter, "Taps and words of phones, and whether they changed a login."
        ) { family in
            family.add([("answer", "confirm")], by: "result", [confirms])
            family.add([("answer", "deny")], by: "result", [denies])
        }
        page.counter(
            "token_handovers_total", "Pairs of tokens that were handed over for a confirmed login.",
            handovers.value)
        page.rows(
            "token_refreshes_total",
            "Refreshes by result; reused: a used token came back late, which ended its login.",
            by: "result", [refreshes])
    }
}
