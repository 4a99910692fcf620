import OTPless
import TestSupport
import Testing

struct UserServiceTests {
    @Test(arguments: StoreKind.allCases)
    func `a user is found, renamed, and found renamed`(_ kind: StoreKind) async throws {
        try await Service.run(on: kind) { service in
            let users = service.app.users
            let id = try await service.signIn().user.id
            #expect(users.cached(id) == nil)
            #expect(try await users.find(id).name == nil)
            #expect(users.cached(id)?.id == id)
            #expect(try await users.rename(id, to: "Ada").name == "Ada")
            #expect(users.cached(id) == nil)
            #expect(try await users.find(id).name == "Ada")
            #expect(users.cached(id)?.name == "Ada")
        }
    }

    @Test func `a user that is not there is not found, and not remembered`() async throws {
        try await Service.run { service in
            let id = UserID.make(at: service.clock.now, .system)
            let found = try await failure { _ = try await service.app.users.find(id) }
            #expect(found == Failure(.userNotFound))
            let renamed = try await failure { _ = try await service.app.users.rename(id, to: "x") }
            #expect(renamed == Failure(.userNotFound))
            #expect(service.app.users.cached(id) == nil)
        }
    }

    @Test func `a row read before a change does not enter the cache after it`() throws {
        let cache = UserCache()
        var user = try Sample.user(name: "old")
        let epoch = cache.look(up: user.id).epoch
        let stale = user
        user.name = "new"
        cache.changed(user.id)
        cache.fill(stale, epoch: epoch)
        #expect(cache.look(up: user.id).user == nil)
        cache.fill(user, epoch: cache.look(up: user.id).epoch)
        #expect(cache.look(up: user.id).user?.name == "new")
    }

    @Test func `two changes told in the wrong order leave no old name`() throws {
        let cache = UserCache()
        var user = try Sample.user(name: "first")
        cache.fill(user, epoch: cache.look(up: user.id).epoch)
        let first = user
        user.name = "second"
        // Both were committed in order, but their requests resumed on two loops.
        cache.changed(user.id)
        cache.changed(first.id)
        #expect(cache.look(up: user.id).user?.name != "first")
    }

    @Test func `a full cache starts anew`() throws {
        let cache = UserCache(capacity: 3)
        let users = try (0..<5).map { _ in try Sample.user() }
        for user in users { cache.fill(user, epoch: cache.look(up: user.id).epoch) }
        #expect(
            users.map { cache.look(up: $0.id).user != nil } == [false, false, false, true, true])
    }

    @Test(arguments: [
        ("\"Ada\"", "Ada"), ("\"  Ada L \\t\"", "Ada L"), ("\"\\u00A0\\u2003x\\u3000\"", "x"),
        ("\"\u{1F468}\u{200D}\u{1F469}\"", "\u{1F468}\u{200D}\u{1F469}"), ("\"0\"", "0"),
        ("\"a\\\"b\"", "a\"b"), ("\"مرحبا\"", "مرحبا"),
    ])
    func `a name is trimmed and kept`(_ json: String, _ expected: String) throws {
        let value = try JSONDocument(Array(json.utf8)).root
        #expect(try UserName.parse(value) == expected)
    }

    @Test(arguments: [
        "null", "1", "true", "[]", "{}", "\"\"", "\"   \"", "\"\\u00a0\\u2003\"", "\"\\n\"",
    ])
    func `what is absent, blank or no string has the published details`(_ json: String) throws {
        let value = try JSONDocument(Array(json.utf8)).root
        let expected = Failure(.invalidName, field: "name")
        #expect(throws: expected) { try UserName.parse(value) }
        #expect(throws: expected) { try UserName.parse(nil) }
        #expect(expected.details == "Name must be a non-empty string")
    }

    @Test(arguments: [
        "a\u{1}b", "a\nb", "a\u{7F}b", "a\u{0}", "a\u{85}b", "a\u{2028}b", "a\u{2029}b",
    ])
    func `control characters are refused`(_ name: String) throws {
        #expect(throws: Self.unfit) { try UserName.parse(try Self.json(name)) }
    }

    @Test func `a name has at most 100 scalars`() throws {
        let longest = String(repeating: "\u{1F600}", count: 100)
        #expect(try UserName.parse(try Self.json(longest)) == longest)
        #expect(throws: Self.unfit) { try UserName.parse(try Self.json(longest + "x")) }
        // One character of many scalars.
        let zalgo = "e" + String(repeating: "\u{301}", count: 100)
        #expect(throws: Self.unfit) { try UserName.parse(try Self.json(zalgo)) }
        #expect(try UserName.parse(try Self.json("   " + longest + "   ")) == longest)
    }

    @Test func `a name that shows nothing is blank`() throws {
        for invisible in ["\u{200B}", "\u{202E}", "\u{2060}\u{FEFF}"] {
            #expect(throws: Failure.self) { try UserName.parse(try Self.json(invisible)) }
        }
    }

    private static let unfit = Failure(
        .invalidName, field: "name",
        details: "Name must be 1 to 100 characters without control characters")

    private static func json(_ text: String) throws -> JSONValue {
        var writer = JSONWriter()
        writer.value(text)
        return try JSONDocument(writer.bytes).root
    }
}
