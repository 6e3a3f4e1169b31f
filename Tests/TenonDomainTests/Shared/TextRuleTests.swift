import TenonDomain
import TenonKit
import Testing

@Suite struct TextRuleTests {
    private static let types: [any TextValue.Type] = [
        DisplayName.self, Description.self, EmailAddress.self, Username.self, TenantSlug.self, TenantSlugPrefix.self,
        SSOConnectionName.self, IssuerURL.self, OAuthClientID.self, EmailDomain.self, ClaimPath.self, Role.self,
        PolicyText.self, NamespaceName.self, ConfigKey.self, ConfigKeyPrefix.self, ConfigKeyPart.self, ConfigTag.self,
        ChangeComment.self,
    ]

    private static let texts =
        [
            "", "a", "A", "-", "_", ".", "a-", "-a", "_a", "a_", ".a", "a.b", "a b", "a\n", "a\tb", "a\u{0}", "a\u{7F}",
            "a\u{85}", "ü", "日本", "e\u{301}", "a/b", "a:b", "/a", "/a/~1b", "/~2", "/", "a@b", "http://", "https://x",
            "https://x/y?z", "https://u@x", "a.example", "a..example", "-a.example", "\"", "\\", "~", "\u{1F432}",
        ]
        + [1, 2, 62, 63, 64, 150, 151, 200, 201, 254, 255, 256, 500, 501, 2000, 2001].map {
            String(repeating: "a", count: $0)
        }

    private static func accepts<Value: TextValue>(_: Value.Type, _ text: String) -> Bool {
        (try? Value(text)) != nil
    }

    @Test("what the schema says of a text is what the text takes")
    func schema() throws {
        for type in Self.types {
            let rule = type.rule
            let takesExample = Self.accepts(type, rule.example)
            #expect(takesExample, "\(type)")
            guard let source = rule.pattern else { continue }
            let pattern = try Pattern(source, as: .ecma262)
            for text in Self.texts + [rule.example] {
                let isDescribed = rule.length.contains(text.unicodeScalars.count) && pattern.matches(text)
                let isTaken = Self.accepts(type, text)
                #expect(isTaken == isDescribed, "\(type) \(text.debugDescription)")
            }
        }
    }

    @Test("a refusal names the bound or the rule, and the text where it can be shown")
    func messages() {
        func refusal(_ make: () throws(Violation) -> Void) -> Violation? {
            do {
                try make()
                return nil
            } catch {
                return error
            }
        }
        let long = refusal { () throws(Violation) in _ = try Description(String(repeating: "ü", count: 5000)) }
        #expect(long?.code == "invalid_length" && long?.detail == "must be at most 2000 characters, got 5000")
        let empty = refusal { () throws(Violation) in _ = try DisplayName("") }
        #expect(empty?.detail == "must be 1 to 200 characters, got 0")
        let slug = refusal { () throws(Violation) in _ = try TenantSlug("Acme_") }
        #expect(slug?.code == "invalid_slug")
        #expect(slug?.detail == "must be a-z, 0-9 and '-', and neither begin nor end with '-', got \"Acme_\"")
        let control = refusal { () throws(Violation) in _ = try DisplayName("a\u{1B}b") }
        #expect(control?.code == "control_character" && control?.detail == "must have no control characters")
    }
}
