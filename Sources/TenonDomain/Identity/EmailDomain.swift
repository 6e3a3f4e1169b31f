public import TenonKit

/// A domain of e-mail addresses, in lower case; one beyond ASCII in its own letters is compared and not written.
public struct EmailDomain: Sendable {
    /// With `a@` before it, it is an address.
    public static let maxLength = 250

    public let text: String

    public init(_ text: String) throws(Violation) {
        let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let areLabels = labels.allSatisfy { label in
            (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
                && label.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
        }
        guard areLabels, (2...8).contains(labels.count), text.utf8.count <= Self.maxLength else {
            throw Violation(
                code: "invalid_domain", detail: "A domain of e-mail addresses looks like example.com, in lower case.")
        }
        self.text = text
    }

    /// The one of an address.
    public init(of email: EmailAddress) {
        text = String(email.folded.drop { $0 != "@" }.dropFirst())
    }
}

extension EmailDomain: Hashable {
    public static func == (left: Self, right: Self) -> Bool { sameBytes(left.text, right.text) }
    public func hash(into hasher: inout Hasher) { hashBytes(text, into: &hasher) }
}
