public import TenonKit

/// Free text with bounds, as people write it: no control characters but line feed and tab where the
/// text may have several lines.
enum BoundedText {
    static func check(
        _ text: String, _ what: String, length: ClosedRange<Int>, multiline: Bool = false
    ) throws(Violation) {
        guard length.contains(text.unicodeScalars.count) else {
            throw Violation(
                code: "invalid_length",
                detail: "\(what) has \(length.lowerBound) to \(length.upperBound) characters.")
        }
        let isClean = text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.generalCategory != .control || (multiline && (scalar == "\n" || scalar == "\t"))
        }
        guard isClean else {
            throw Violation(code: "control_character", detail: "\(what) has no control characters.")
        }
    }
}

/// What a person or a tenant is called: 1 to 200 characters on one line.
public struct DisplayName: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(Violation) {
        try BoundedText.check(text, "A name", length: 1...200)
        self.text = text
    }
}

/// A sentence or two about an object: up to 2,000 characters.
public struct Description: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(Violation) {
        try BoundedText.check(text, "A description", length: 0...2000, multiline: true)
        self.text = text
    }
}
