import TenonDomain
import TenonKit
import Testing

@Suite struct ConfigTagTests {
    @Test(
        "a letter or a digit begins a tag, and . _ : / - may follow",
        arguments: ["a", "9", "Team:core", "a/b-c_d.e", String(repeating: "t", count: 63)])
    func accepted(text: String) throws {
        #expect(try ConfigTag(text).text == text)
    }

    @Test(
        "anything else is refused",
        arguments: ["", "-a", ":a", "a b", "ä", "a\u{0}", "a,b", String(repeating: "t", count: 64)])
    func refused(text: String) {
        #expect(throws: Violation.self) { try ConfigTag(text) }
    }

    @Test("tags are kept in the order of their bytes, so that their order makes no version")
    func order() throws {
        #expect(try ConfigTags(["b", "B", "a", "9"]).texts == ["9", "B", "a", "b"])
        #expect(try ConfigTags(["a", "b"]) == ConfigTags(["b", "a"]))
        #expect(try ConfigTags([]) == .none)
    }

    @Test("each bad tag is named by its place; one that stands twice and the 21st are refused")
    func rules() throws {
        let bad = try failure { () throws(Failure) in try ConfigTags(["a", "-", "b", ""]) }
        #expect(bad.violations.map(\.pointer) == ["/1", "/3"])
        #expect(
            try failure { () throws(Failure) in try ConfigTags(["a", "b", "a"]) }.violations.map(\.code) == [
                "duplicate_tag"
            ])
        let many = (0...20).map { "t\($0)" }
        #expect(try failure { () throws(Failure) in try ConfigTags(many) }.violations.map(\.code) == ["too_many_tags"])
        #expect(try ConfigTags(Array(many.dropLast())).texts.count == 20)
    }

    private func failure(_ body: () throws(Failure) -> ConfigTags) throws -> Failure {
        do {
            _ = try body()
        } catch {
            return error
        }
        throw Failure.bug("nothing was refused")
    }
}
