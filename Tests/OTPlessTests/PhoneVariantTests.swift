import OTPless
import TestSupport
import Testing

/// The spellings of one phone: mobile digits that some write and some do not.
struct PhoneVariantTests {
    @Test(arguments: [
        ("5215512345678", "525512345678"), ("5491112345678", "541112345678"),
        ("5585998765432", "558598765432"), ("5511987654321", "551187654321"),
    ])
    func `two spellings are variants of each other`(_ long: String, _ short: String) throws {
        for (one, other) in [(long, short), (short, long)] {
            let phone = try Sample.phone(one)
            #expect(phone.variants.map(\.digits) == [one, other])
        }
    }

    @Test(arguments: [
        "16505550142", "4915112345678", "447911123456",
        // A digit too few or too many, or no mark where it would have to be.
        "52155123456789", "52551234567", "5225512345678", "5481112345678",
        // Landlines of Brazil: without the 9 they would be somebody else's.
        "551133334444", "5511933334444", "5511593334444",
        // Other countries that begin with the same digits.
        "521", "5512345",
    ])
    func `other numbers have none`(_ digits: String) throws {
        guard let phone = PhoneNumber(waID: digits) else { return }
        #expect(phone.variants == [phone])
    }

    @Test func `any spelling may answer, and nobody else`() async throws {
        try await StoreKind.sqliteMemory.open { store in
            let sample = try SampleLogin(phone: "5215512345678")
            try await store.insert(sample.login)
            for stranger in ["5512345678", "15512345678", "525512345679", "5491155123456"] {
                #expect(try await store.apply(try sample.answer(from: stranger)) == nil)
            }
            let word = InboundMessage(
                id: "in.1", sender: "525512345678", sentAt: Sample.start, content: .text("yes"))
            #expect(try await store.apply(word) == sample.login.id)
        }
    }

    @Test(arguments: [
        ("5215512345678", "525512345678"), ("525512345678", "5215512345678"),
        ("558598765432", "5585998765432"), ("5491112345678", "541112345678"),
    ])
    func `a deny blocks prompts to every spelling`(_ one: String, _ other: String) async throws {
        try await Service.run { service in
            let (_, prompt) = try await service.start(phone: one)
            try await service.tap(prompt.deny, from: other)
            for phone in [one, other] {
                let refused = try await failure { _ = try await service.start(phone: phone) }
                #expect(refused?.code == .rateLimited)
            }
        }
    }

    @Test func `a message opens the window for every spelling`() async throws {
        try await Service.run { service in
            service.messenger.setTemplate()
            let message = InboundMessage(
                id: "in.1", sender: "5215512345678", sentAt: service.clock.now, content: .other)
            try await service.receive(message)
            _ = try await service.start(phone: "525512345678")
            #expect(service.messenger.kinds == [.buttons])
        }
    }
}
