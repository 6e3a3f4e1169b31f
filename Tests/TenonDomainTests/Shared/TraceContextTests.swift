import TestSupport
import Testing

@testable import TenonDomain

@Suite struct TraceContextTests {
    private enum Thing: Identified { static let idPrefix = "thg" }

    private static let trace = "0af7651916cd43dd8448eb211c80319c"
    private static let parent = "b7ad6b7169203331"

    private func context(_ traceparent: String?, _ number: UInt64 = 5) -> TraceContext {
        TraceContext(continuing: traceparent, as: Identifier<Thing>(high: 1, low: number))
    }

    @Test("a valid field is gone on with, also of a version that is not known yet")
    func valid() {
        for field in [
            "00-\(Self.trace)-\(Self.parent)-01", "00-\(Self.trace)-\(Self.parent)-00",
            "00-\(Self.trace)-\(Self.parent)-ff", "01-\(Self.trace)-\(Self.parent)-01",
            "cc-\(Self.trace)-\(Self.parent)-01-what-the-future-brings", "fe-\(Self.trace)-\(Self.parent)-01-",
        ] {
            let context = context(field)
            #expect(context.traceID == Self.trace, "\(field)")
            #expect(context.parentSpanID == Self.parent)
            #expect(context.spanID != Self.parent)
        }
    }

    @Test("whatever breaks a rule begins a new trace")
    func invalid() {
        let zeros = String(repeating: "0", count: 32)
        for field in [
            nil, "", "00", "ff-\(Self.trace)-\(Self.parent)-01", "FF-\(Self.trace)-\(Self.parent)-01",
            "00-\(zeros)-\(Self.parent)-01", "00-\(Self.trace)-0000000000000000-01",
            "00-\(Self.trace.uppercased())-\(Self.parent)-01", "00-\(Self.trace)-\(Self.parent.uppercased())-01",
            "00-\(Self.trace)-\(Self.parent)-0A", "00-\(Self.trace)-\(Self.parent)-01-more",
            "00-\(Self.trace)-\(Self.parent)-01-", "00-\(Self.trace)-\(Self.parent)-1",
            "00-\(Self.trace)-\(Self.parent)",
            "01-\(Self.trace)-\(Self.parent)-01.x", "0-\(Self.trace)-\(Self.parent)-01",
            "00_\(Self.trace)_\(Self.parent)_01",
            " 00-\(Self.trace)-\(Self.parent)-01", "00-\(Self.trace)-\(Self.parent)-01 ",
            "0g-\(Self.trace)-\(Self.parent)-01",
            "00-\(Self.trace.dropLast())é-\(Self.parent)-01",
        ] {
            let context = context(field)
            #expect(context.traceID != Self.trace, "\(field ?? "nil")")
            #expect(context.parentSpanID == nil)
            #expect(context.traceID.utf8.count == 32)
        }
    }

    @Test("own ids are whole, not zero, and different where the identifiers are")
    func ownIDs() {
        var seen: Set<String> = []
        for number in 1...1000 as ClosedRange<UInt64> {
            let span = context(nil, number).spanID
            #expect(span.utf8.count == 16)
            #expect(span != "0000000000000000")
            #expect(seen.insert(span).inserted)
        }
    }
}
