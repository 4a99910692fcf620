import Loop
import Testing

struct MomentTests {
    @Test func `a sum that does not fit is never`() {
        let late = Moment(nanoseconds: .max - 10)
        #expect(late + .nanoseconds(10) == .never)
        #expect(late + .nanoseconds(11) == .never)
        #expect(late + .seconds(Int64.max) == .never)
        #expect(Moment.never + .seconds(1) == .never)
        #expect(Moment.never + .zero == .never)
    }

    @Test func `a negative duration moves nothing`() {
        let moment = Moment(nanoseconds: 5)
        #expect(moment + .seconds(-1) == moment)
        #expect(moment + .nanoseconds(-1) == moment)
        #expect(moment + .seconds(Int64.min) == moment)
    }

    @Test func `a difference is never negative and never wraps`() {
        let early = Moment(nanoseconds: 5)
        let late = Moment(nanoseconds: 12)
        #expect(late - early == .nanoseconds(7))
        #expect(early - late == .zero)
        #expect(early - early == .zero)
        #expect(Moment.never - Moment(nanoseconds: 0) == .nanoseconds(Int64.max))
    }

    @Test(arguments: [
        (Duration.zero, UInt64(0)), (.nanoseconds(1), 1), (.milliseconds(1), 1_000_000),
        (.seconds(3) + .nanoseconds(7), 3_000_000_007), (.seconds(-1), 0), (.nanoseconds(-1), 0),
        (.seconds(18_446_744_073), 18_446_744_073_000_000_000), (.seconds(18_446_744_074), .max),
        (.seconds(Int64.max), .max),
    ])
    func `whole nanoseconds are clamped at both ends`(_ duration: Duration, _ expected: UInt64) {
        #expect(duration.wholeNanoseconds == expected)
    }

    @Test func `the clock does not go back`() {
        let moments = (0..<1000).map { _ in Moment.now }
        #expect(moments == moments.sorted())
        #expect(moments[999] < .never)
    }

    @Test func `a system error tells the call and its cause`() {
        let error = SystemError("bind", number: 98)
        #expect(error.description == "bind: Address already in use")
        #expect(throws: SystemError.self) { try check(-1, "socket") }
        #expect(throws: Never.self) { try check(0, "socket") }
    }
}
