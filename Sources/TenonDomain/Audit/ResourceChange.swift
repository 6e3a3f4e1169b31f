public import TenonKit

/// What an event changed of its resource, for the audit log alone: the members that differ, as they were and as they are.
/// A secret's value stands here as a keyed digest.
public struct ResourceChange: Sendable, Equatable {
    /// Empty for what was made.
    public let before: [String: JSONValue]
    /// Empty for what was taken away.
    public let after: [String: JSONValue]
    /// How many changes more there were than are listed.
    public let omitted: Int

    public static let none = ResourceChange()

    /// Keeps the members that differ.
    public init(before: [String: JSONValue] = [:], after: [String: JSONValue] = [:], omitted: Int = 0) {
        self.before = before.filter { after[$0.key] != $0.value }
        self.after = after.filter { before[$0.key] != $0.value }
        self.omitted = omitted
    }

    public var isEmpty: Bool { before.isEmpty && after.isEmpty && omitted == 0 }
}
