package import TenonDomain
internal import TenonKit

/// A strong entity tag (RFC 9110 §8.8.3): changes whenever a byte of the representation does.
package struct EntityTag: Sendable, Equatable {
    /// With its quotes.
    package let text: String

    /// `variant` distinguishes representations of one version, such as the masked one.
    package init(version: Int64, variant: String = "") {
        text = "\"\(version)\(variant)\""
    }

    /// For a representation without a version, from its bytes.
    package init(of bytes: [UInt8], by digests: any KeyedDigests) {
        text = "\"\(Base64URL.encode(digests.digest(bytes, for: .entityTag).prefix(16)))\""
    }

    /// As it was kept.
    package init(kept text: String) {
        self.text = text
    }

    /// Whether one of the fields of `If-None-Match` contains this tag or is `*`. Weak comparison, as required.
    package func isListed(inNoneMatch fields: [String]) -> Bool {
        fields.contains { Self.items($0).contains { $0 == "*" || $0 == text || $0 == "W/" + text } }
    }

    /// Whether one of the fields of `If-Match` contains this tag or is `*`. Strong comparison: a weak tag never
    /// matches.
    package func isListed(inMatch fields: [String]) -> Bool {
        fields.contains { Self.items($0).contains { $0 == "*" || $0 == text } }
    }

    /// The tags of a list. A comma inside quotes is part of its tag.
    package static func items(_ field: String) -> [String] {
        var items: [String] = []
        var item = ""
        var isQuoted = false
        for character in field {
            if character == "\"" { isQuoted.toggle() }
            if character == ",", !isQuoted {
                items.append(String(item[...].trimmed))
                item = ""
            } else {
                item.append(character)
            }
        }
        items.append(String(item[...].trimmed))
        return items.filter { !$0.isEmpty }
    }
}
