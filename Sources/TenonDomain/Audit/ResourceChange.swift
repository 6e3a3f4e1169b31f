public import TenonKit

/// The change of an event to its resource, for the audit log only: the members that differ, before and after. A
/// secret's value appears as a keyed digest.
public struct ResourceChange: Sendable, Equatable {
    /// Empty for a created resource.
    public let before: [String: JSONValue]
    /// Empty for a deleted resource.
    public let after: [String: JSONValue]
    /// The number of changes that are not listed.
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
