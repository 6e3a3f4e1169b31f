public import TenonKit

/// A point in a namespace's history.
public enum ConfigMoment: Sendable, Equatable {
    /// After this revision.
    case revision(Int64)
    /// After everything up to and including this time.
    case time(Timestamp)

    /// A number, or a time as RFC 3339 writes it.
    public init(_ text: String) throws(Violation) {
        if let revision = Int64(text), revision >= 0, String(revision) == text {
            self = .revision(revision)
        } else if let time = Timestamp(text) {
            self = .time(time)
        } else {
            throw Violation(
                code: "invalid_moment", detail: "must be a revision, or a time such as 2026-01-31T08:00:00Z")
        }
    }
}

/// Selects a version of an entry.
public enum ConfigVersionChoice: Sendable, Equatable {
    case number(Int64)
    case asOf(ConfigMoment)
}

/// Selects entries of a namespace.
public struct ConfigFilter: Sendable, Equatable {
    public var prefix: ConfigKeyPrefix
    public var tag: ConfigTag?
    /// Part of a key, in upper or lower case.
    public var search: ConfigKeyPart?
    /// The entries at that point; nil for the current ones.
    public var asOf: ConfigMoment?

    public init(
        prefix: ConfigKeyPrefix = .all, tag: ConfigTag? = nil, search: ConfigKeyPart? = nil,
        asOf: ConfigMoment? = nil
    ) {
        self.prefix = prefix
        self.tag = tag
        self.search = search
        self.asOf = asOf
    }
}

/// Part of a key, for searching without regard to case.
public struct ConfigKeyPart: TextValue, Hashable {
    /// In lower case.
    public let text: String

    public static let rule = TextRule(
        1...255, .word("A-Za-z0-9_.-"), code: "invalid_search",
        "be characters of a key: A-Z, a-z, 0-9, '_', '.' and '-'",
        example: "url")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text).lowercased()
    }
}
