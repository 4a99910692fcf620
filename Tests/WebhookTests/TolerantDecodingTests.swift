import OTPless
import TestSupport
import Testing
import Webhook

/// What is not understood is passed over, and takes nothing else with it.
struct TolerantDecodingTests {
    @Test func `all answers of several entries, changes and messages count`() async throws {
        let test = try await TestApp()
        var logins: [Started] = []
        for index in 0..<5 { logins.append(try await test.start("+1650555014\(index)")) }
        let taps = logins.map { Body.tap($0.confirm, from: $0.sender, id: "wamid.\($0.id)") }
        let status = Body.statuses(Body.status("read", of: logins[4].messageID))
        let entries = [
            Body.delivery(
                Body.value(Body.messages(taps[0], taps[1])), Body.value(Body.messages(taps[2]))),
            Body.delivery(Body.value(Body.messages(taps[3]) + "," + status)),
        ]
        try await test.deliver(Body.merged(entries))
        for login in logins[..<4] { #expect(try await test.state(of: login) == .confirmed) }
        #expect(try await test.state(of: logins[4]) == .pending)
        #expect(try await test.delivery(of: logins[4]) == .read)
    }

    /// Elements beside which a good one must still count.
    private static let noise = [
        "null", "7", "true", #""text""#, "[]", "{}", "[[[{}]]]", #"{"id":7}"#,
        #"{"id":"wamid.N","from":16505550142,"type":"interactive"}"#,
        #"{"id":null,"from":null,"type":null,"interactive":null,"context":null}"#,
        #"{"id":"wamid.N","from":"16505550142","type":7}"#,
        #"{"id":"wamid.N","from":"16505550142","type":"interactive","interactive":[]}"#,
        #"{"id":"wamid.N","from":"1","type":"interactive","interactive":{"type":"button_reply"}}"#,
        interactive(#"{"type":"button_reply","button_reply":{"id":7}}"#),
        interactive(#"{"type":"button_reply","button_reply":[{"id":"x"}]}"#),
        interactive(#"{"type":"list_reply","list_reply":{"id":"x"}}"#),
        interactive(#"{"type":"nfm_reply"}"#), interactive("7"), interactive("null"),
        #"{"id":"wamid.N","from":"16505550142","type":"button","button":"text"}"#,
        #"{"id":"wamid.N","from":"16505550142","type":"button","button":{"payload":{}}}"#,
        #"{"id":"wamid.N","from":"16505550142","type":"text","text":{"body":"yes"}}"#,
        #"{"id":"w","from":"1","type":"reaction","reaction":{"message_id":"x","emoji":"\uD83D\uDC4D"}}"#,
        #"{"id":"wamid.N","from":"16505550142","type":"image","image":{"caption":"K7PQ-2MXD"}}"#,
        #"{"id":"w","from":"1","type":"unsupported","errors":[{"code":131051}]}"#,
        #"{"id":"wamid.N","from":"16505550142","type":"system","system":{"type":"invented"}}"#,
        #"{"id":"wamid.N","from":"16505550142","type":"system","system":7}"#,
        #"{"id":"wamid.N","from":"16505550142","type":"contacts","contacts":[{"phones":7},7]}"#,
        #"{"id":"wamid.N","from":"16505550142","type":"invented_in_2031","novelty":{"a":[1,{"b":null}]}}"#,
        #"{"status":"read"}"#, #"{"id":"x","status":7}"#, #"{"id":{},"status":[]}"#,
    ]

    private static func interactive(_ content: String) -> String {
        #"{"id":"w","from":"16505550142","type":"interactive","interactive":\#(content)}"#
    }

    @Test(arguments: noise)
    func `a strange element takes nothing else with it`(strange: String) async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let tap = Body.tap(login.confirm, from: login.sender)
        let status = Body.status("delivered", of: login.messageID)
        // In that order: a confirmed login takes no report any more.
        try await test.deliver(Body.change(Body.statuses(strange, status, strange)))
        #expect(try await test.delivery(of: login) == .delivered)
        try await test.deliver(Body.change(Body.messages(strange, tap, strange)))
        #expect(try await test.state(of: login) == .confirmed)
    }

    @Test(arguments: noise)
    func `a strange change or entry takes nothing else with it`(strange: String) async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let value = Body.value(Body.messages(Body.tap(login.confirm, from: login.sender)))
        let change = #"{"field":"messages","value":\#(value)}"#
        let entry = #"{"id":1,"changes":[\#(strange),\#(change),\#(strange)]}"#
        try await test.deliver(
            #"{"object":"whatsapp_business_account","entry":[\#(strange),\#(entry),\#(strange)]}"#)
        #expect(try await test.state(of: login) == .confirmed)
    }

    @Test(arguments: [
        "{}", "[]", "null", "7", #""text""#, #"{"object":"page","entry":[]}"#,
        #"{"object":"whatsapp_business_account"}"#, #"{"object":7,"entry":7}"#,
        #"{"object":"whatsapp_business_account","entry":null}"#,
        #"{"object":"whatsapp_business_account","entry":{"changes":[]}}"#,
        #"{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages"}]}]}"#,
        Body.delivery("[]"), Body.delivery("null"), Body.delivery(#""text""#), Body.delivery("{}"),
    ])
    func `signed JSON of an unknown shape is taken`(body: String) async throws {
        let test = try await TestApp()
        try await test.deliver(body)
        #expect(test.events.logins.isEmpty)
    }

    @Test(arguments: [
        "", " ", "{", "{]", "{}{}", "nul", "{\"a\":1,\"a\":2}", "<xml/>", "a=b&c=d", "\u{FEFF}{}",
        Body.nested(65), #"["\ud83"]"#, #"["\ud83d\u00g0"]"#,
    ])
    func `signed garbage is refused`(body: String) async throws {
        let test = try await TestApp()
        await #expect(throws: Failure(.invalidJSON)) { try await test.deliver(body) }
    }

    @Test func `values of other fields and objects count for nothing`() async throws {
        let test = try await TestApp()
        let login = try await test.start()
        let good = Body.change(Body.messages(Body.tap(login.confirm, from: login.sender)))
        for (part, other) in [
            (#""field":"messages""#, #""field":"message_echoes""#),
            (#""field":"messages""#, #""field":7"#),
            (#""object":"whatsapp_business_account""#, #""object":"instagram""#),
            (#""metadata":{"#, #""meta":{"#), (#""phone_number_id":""#, #""phone_id":""#),
        ] {
            try await test.deliver(good.replacing(part, with: other))
            #expect(try await test.state(of: login) == .pending, "\(other)")
        }
    }

    @Test func `a store that fails answers 503, and the repeated delivery counts`() async throws {
        let store = try FailingStore()
        let test = try await TestApp(store)
        let login = try await test.start()
        let tap = Body.change(Body.messages(Body.tap(login.confirm, from: login.sender)))
        let status = Body.change(Body.statuses(Body.status("read", of: login.messageID)))
        store.isFailing = true
        await #expect(throws: Failure(.serviceUnavailable)) { try await test.deliver(tap) }
        await #expect(throws: Failure(.serviceUnavailable)) { try await test.deliver(status) }
        // Nothing to store: nothing to fail.
        try await test.deliver("{}")
        store.isFailing = false
        try await test.deliver(status)
        try await test.deliver(tap)
        #expect(try await test.state(of: login) == .confirmed)
        #expect(try await test.delivery(of: login) == .read)
    }
}
