public import Loop
public import OTPless
import Wire

/// WhatsApp on loopback: Meta's Cloud API on one side, phones to tap on on the other.
///
/// Messages are checked as Meta checks them, and answers go back as signed webhooks as Meta writes
/// them: whoever talks to it runs the real path.
public final class Simulator: Sendable {
    /// What both sides must agree on.
    public struct Settings: Sendable {
        /// The provider's id of the business number.
        public var phoneNumberID = "106540352242922"

        /// The business number.
        public var businessNumber = "15550783881"

        /// What the phone shows as the sender.
        public var businessName = "OTPless Demo"

        /// The token the API asks for.
        public var accessToken: Secret

        /// What webhooks are signed with.
        public var appSecret: Secret

        /// Where webhooks go; set before the first message.
        public var webhookURL: String

        /// Where the phone page says a login starts.
        public var loginURL: String

        /// The templates that may be sent; none at first.
        public var templates: [Template] = []

        /// Settings with a made-up business number.
        public init(accessToken: Secret, appSecret: Secret, webhookURL: String, loginURL: String) {
            self.accessToken = accessToken
            self.appSecret = appSecret
            self.webhookURL = webhookURL
            self.loginURL = loginURL
        }
    }

    let settings: Settings
    let clock: any WallClock
    let entropy: Entropy
    private let phones = Locked(SimulatedPhones())
    private let watchers = Locked<[SourceID: LongPoll.Wake]>([:])
    private let faultState = Locked(SimulatorFaults())
    private let batch = Locked(Batch())
    private let isStopped = Locked(false)
    let sender: WebhookSender

    /// A simulator; `routes` makes it reachable.
    public init(
        _ settings: Settings, clients: [SourceID], clock: any WallClock = SystemClock(),
        entropy: Entropy = .system
    ) {
        self.settings = settings
        self.clock = clock
        self.entropy = entropy
        sender = WebhookSender(
            url: settings.webhookURL, appSecret: settings.appSecret, clients: clients)
    }

    /// What goes wrong from now on; counts of sends that are left go down.
    ///
    /// A change holds for messages and updates that come after it, and sends what waits for more of a
    /// batch. Any thread may make one.
    public var faults: SimulatorFaults {
        get { faultState.withLock { $0 } }
        set {
            faultState.withLock { $0 = newValue }
            sendBatch()
            change { _ in }
        }
    }

    /// Ends the page's waiting requests, so that a drain need not wait for them.
    public func stop() {
        isStopped.withLock { $0 = true }
        wakeWatchers()
    }

    // MARK: State

    /// Changes the faults in one step.
    func changeFaults<T: Sendable>(_ body: (inout SimulatorFaults) -> T) -> T {
        faultState.withLock { body(&$0) }
    }

    /// Reads the phones.
    func look<T: Sendable>(_ body: (SimulatedPhones) -> T) -> T {
        phones.withLock { body($0) }
    }

    /// Changes the phones and tells the pages that watch them.
    func change<T: Sendable>(_ body: (inout SimulatedPhones) -> T) -> T {
        let result = phones.withLock { phones in
            phones.version += 1
            return body(&phones)
        }
        wakeWatchers()
        return result
    }

    /// Waits until the phones have changed from a version, or the time is over.
    func waitForChange(after version: Int, on loop: isolated EventLoop) async {
        await withCheckedContinuation { continuation in
            let id = LongPoll.start(continuation, on: loop)
            watchers.withLock { $0[id] = LongPoll.Wake(loop: loop, id: id) }
            // Looked at after the watcher is in its place, so that no change falls between.
            if look(\.version) > version || isStopped.withLock({ $0 }) { wakeWatchers() }
        }
    }

    private func wakeWatchers() {
        let waiting = watchers.withLock { watchers in
            let all = watchers.values
            watchers = [:]
            return Array(all)
        }
        for wake in waiting { wake() }
    }

    /// Changes the updates that wait, and takes them out if the body says that it is time.
    func takeBatch(_ body: (inout Batch) -> Bool) -> Batch {
        batch.withLock { batch in
            guard body(&batch) else { return Batch() }
            defer { batch = Batch() }
            return batch
        }
    }

    /// A message id as Meta writes them.
    func makeMessageID() -> String {
        "wamid." + Base64URL.encode(Array("\u{1D}\u{0B}".utf8) + entropy.bytes(28))
    }
}
