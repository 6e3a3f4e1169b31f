import TenonKit
import TestSupport
import Testing

@testable import TenonDomain

@Suite struct ReferenceTemplateTests {
    private func parts(_ text: String) -> [ReferenceTemplate.Part] {
        ReferenceTemplate(text, kinds: ["config", "database"]).parts
    }

    private func reference(_ target: String, _ kind: String = "config") -> ReferenceTemplate.Part {
        .reference(Reference(kind: kind, target: target))
    }

    @Test("a text is taken apart at its references")
    func parts() {
        #expect(parts("") == [.text("")])
        #expect(parts("plain $ text $") == [.text("plain $ text $")])
        #expect(parts("${config:a}") == [reference("a")])
        #expect(
            parts("ä${config:a}${database:b/c}ö")
                == [.text("ä"), reference("a"), reference("b/c", "database"), .text("ö")])
        #expect(parts("${config:a:b}") == [reference("a:b")])
    }

    @Test("only a text that is one reference and nothing else stands for its value as it is")
    func only() {
        let kinds: Set<String> = ["config"]
        #expect(ReferenceTemplate("${config:a}", kinds: kinds).only == Reference(kind: "config", target: "a"))
        for text in ["${config:a} ", " ${config:a}", "${config:a}${config:b}", "$${config:a}", "a", ""] {
            #expect(ReferenceTemplate(text, kinds: kinds).only == nil, "\(text)")
        }
    }

    @Test("a second dollar sign escapes a reference and is taken away")
    func escapes() {
        #expect(parts("$${config:a}") == [.text("${config:a}")])
        #expect(parts("$$${config:a}") == [.text("$${config:a}")])
        #expect(parts("$${config:a}${config:b}") == [.text("${config:a}"), reference("b")])
        #expect(parts("$${other:a}") == [.text("$${other:a}")])
        #expect(parts("$${config:a") == [.text("$${config:a")])
    }

    @Test(
        "what looks like a reference and is none is text",
        arguments: [
            "${other:a}", "${config}", "${config:}", "${:a}", "${}", "${Config:a}", "${ config:a}", "${config:a",
            "${config:a{", "$ {config:a}", "$", "${", "${HOME}", "{config:a}",
        ])
    func text(text: String) {
        #expect(parts(text) == [.text(text)])
    }

    @Test("braces within a reference end what came before them")
    func nested() {
        #expect(parts("${config:${config:a}}") == [.text("${config:"), reference("a"), .text("}")])
        #expect(parts("${config:a}}") == [reference("a"), .text("}")])
    }

    @Test("a reference has 512 bytes at most, from $ to }")
    func length() {
        let longest = "${config:" + String(repeating: "k", count: 502) + "}"
        #expect(longest.utf8.count == 512)
        #expect(parts(longest) == [reference(String(repeating: "k", count: 502))])
        let longer = "${config:" + String(repeating: "k", count: 503) + "}"
        #expect(parts(longer) == [.text(longer)])
    }

    @Test("parts put together again are the text, whatever the text is")
    func property() {
        var random = SplitMix64(seed: 11)
        let pieces = ["$", "{", "}", ":", "config", "a", "/", "${config:", "${config:a}", "ä", "$$"]
        for _ in 0..<5000 {
            let text = (0..<Int.random(in: 0...12, using: &random))
                .map { _ in pieces.randomElement(using: &random)! }.joined()
            let parts = parts(text)
            let rebuilt = parts.map { part in
                switch part {
                case .text(let literal): literal
                case .reference(let reference): reference.text
                }
            }.joined()
            // An escape's dollar sign is all that may be missing.
            let escapes = text.utf8.count - rebuilt.utf8.count
            #expect(escapes >= 0 && text.filter { $0 != "$" } == rebuilt.filter { $0 != "$" }, "\(text)")
            if !text.contains("$${") { #expect(rebuilt == text) }
            for case .reference(let reference) in parts { #expect(text.contains(reference.text)) }
        }
    }

    @Test("references stand in every string of a value, and in no name of a member")
    func values() throws {
        let value: JSONValue = ["${config:name}": ["${config:a}", 1, ["x": "b ${config:b} ${config:a}"]], "y": .null]
        #expect(value.references(of: ["config"]).map(\.target) == ["a", "b", "a"])
    }
}

@Suite struct ConfigAddressTests {
    private let home: NamespaceName

    init() throws {
        home = try NamespaceName("home")
    }

    @Test("a key alone is of the same namespace; one behind a slash is of that namespace")
    func forms() throws {
        #expect(try ConfigAddress("db.host", in: home).text == "home/db.host")
        #expect(try ConfigAddress("other/db.host", in: home).text == "other/db.host")
        #expect(try ConfigAddress("home/a", in: home) == ConfigAddress("a", in: home))
    }

    @Test("anything else is refused", arguments: ["", "/", "a/", "/a", "a/b/c", "A B", "other/", "ä", "Other Name/a"])
    func refused(target: String) {
        #expect(throws: Violation.self) { try ConfigAddress(target, in: home) }
    }
}
