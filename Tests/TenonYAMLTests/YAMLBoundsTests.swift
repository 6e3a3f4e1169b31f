import TenonDomain
import TenonKit
import TenonYAML
import Testing

/// Documents made to exhaust a reader. None of them is built: a failure here is a test that runs out of memory,
/// of stack, or of patience.
@Suite struct YAMLBoundsTests {
    private func code(_ text: String, limits: JSONLimits = JSONLimits()) -> String? {
        do throws(Failure) {
            _ = try CoreSchemaYAML().parse(Array(text.utf8), limits: limits)
            return nil
        } catch {
            return error.violations.first?.code
        }
    }

    @Test(
        "A mebibyte of what opens something is refused as too deep, whatever is opened",
        arguments: ["[", "{a: ", "- ", "? - ", "[{a: ", "- a: "])
    func nesting(opening: String) {
        let text = String(repeating: opening, count: (1 << 20) / opening.utf8.count)
        #expect(["nesting_too_deep", "invalid_yaml"].contains(code(text)))
    }

    @Test("Nesting is taken up to the limit, in blocks and in flow, and one level more is refused")
    func nestingLimit() {
        func flow(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        func block(_ depth: Int) -> String { String(repeating: "- ", count: depth - 1) + "- a" }
        #expect(code(flow(64)) == nil)
        #expect(code(flow(65)) == "nesting_too_deep")
        #expect(code(block(64)) == nil)
        #expect(code(block(65)) == "nesting_too_deep")
        #expect(code("- &a \(flow(40))\n- [*a]\n- \(String(repeating: "[", count: 30))*a") == "nesting_too_deep")
    }

    @Test("Aliases that double what they repeat are refused before it is built, in values, keys and merges")
    func aliases() {
        let lines = (1..<64).map { "- &a\($0) [*a\($0 - 1), *a\($0 - 1)]\n" }.joined()
        #expect(code("- &a0 [x, y]\n" + lines) == "too_many_values")
        #expect(code("- &a0 [x, y]\n" + lines + "- ? *a63\n  : 1\n") == "too_many_values")
        let merges = (1..<64).map { "- &a\($0) {b: *a\($0 - 1), <<: *a\($0 - 1)}\n" }.joined()
        #expect(code("- &a0 {b: 1}\n" + merges) == "too_many_values")
        let long = "- &a " + String(repeating: "x", count: 100_000) + "\n"
        #expect(code(long + String(repeating: "- *a\n", count: 10)) == nil)
        #expect(code(long + String(repeating: "- *a\n", count: 11)) == "too_many_values")
    }

    @Test("Values are counted as they come, those of aliases with them")
    func values() {
        #expect(code("[a, b, c]", limits: JSONLimits(values: 4)) == nil)
        #expect(code("[a, b, c]", limits: JSONLimits(values: 3)) == "too_many_values")
        #expect(code("[&a [x, y], *a]", limits: JSONLimits(values: 7)) == nil)
        #expect(code("[&a [x, y], *a]", limits: JSONLimits(values: 6)) == "too_many_values")
    }

    @Test("Directives in numbers are refused, in the second document too")
    func directives() {
        let many = (0..<50_000).map { "%TAG !a\($0)! b\n" }.joined()
        #expect(code(many + "--- a") == "invalid_yaml")
        #expect(code("a\n...\n" + many + "--- a") == "invalid_yaml")
    }

    @Test("Bytes that are not UTF-8 are refused with their line")
    func invalidUTF8() {
        let failure = #expect(throws: Failure.self) {
            try CoreSchemaYAML().parse(Array("a: 1\nb: ".utf8) + [0xC0, 0x80], limits: JSONLimits())
        }
        #expect(failure?.detail == "Line 2: the text is not valid UTF-8.")
    }
}
