internal import TenonKit

@testable internal import TenonDomain

enum SignatureTargets {
    private static let form = try! Pattern("^tnk_[0-9A-Za-z]{46}$")

    /// What is taken has the form and its own checksum, and is the only text with its first 44 characters.
    static func apiKey(_ text: String) {
        guard let key = APIKeyText(text) else { return }
        precondition(form.matches(text), "this has not the form of a key")
        precondition(isSame(key.secret.revealedText(), text), "the text changed")
        precondition(isSame(key.publicPart, text.prefix(12)), "another name")
        let checksum = Base62.encode(CRC32.value(of: text.utf8.dropLast(6)), width: 6)
        precondition(text.utf8.suffix(6).elementsEqual(checksum), "the checksum does not fit")
    }

    /// Within its bounds; written and read again it is the same.
    static func structured(_ text: String) {
        guard let dictionary = StructuredDictionary(text) else { return }
        precondition(text.utf8.count <= StructuredDictionary.maxLength, "longer than the maximum")
        precondition(dictionary.members.count <= StructuredDictionary.maxMembers, "more members than the maximum")
        precondition(Set(dictionary.members.map(\.name)).count == dictionary.members.count, "a name stands twice")
        precondition(text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }, "what is taken is not ASCII")
        let written = dictionary.text
        precondition(StructuredDictionary(written) == dictionary, "written and read it is another")
        precondition(isSame(StructuredDictionary(written)?.text ?? "", written), "there are two ways to write it")
    }

    /// The first line is `Signature-Input`, the rest `Signature`. What is taken covers what it must, and its base has a line
    /// for each component and one for the parameters.
    static func signature(_ input: String, _ signature: String) {
        let request = SignableRequest(
            method: "POST", scheme: "https", authority: "example.com", requestTarget: "/a%20b?x=1&y=%2F+&y",
            path: "/a%20b",
            query: "x=1&y=%2F+&y",
            fields: [
                .init("Signature-Input", input), .init("Signature", signature),
                .init("Content-Digest", "sha-256=:AAAA:"),
                .init("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ])
        guard let signed = try? SignedRequest(request) else { return }
        let items = signed.signature.input.items
        precondition(signed.signature.covers("@method"), "the method is not covered")
        precondition((1...64).contains(signed.signature.bytes.count), "a signature of no algorithm")
        precondition(Set(items).count == items.count, "a component is covered twice")
        let lines = signed.base.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        precondition(lines.count == items.count + 1, "the base has another number of lines")
        precondition(lines.last!.starts(with: "\"@signature-params\": (".utf8), "the base ends in other words")
        precondition((signed.contentDigest != nil) == signed.signature.covers("content-digest"), "another digest")
    }
}
