/// The permission that an operation requires: `<resource, plural>:<verb>`.
public struct Permission: Sendable, Hashable {
    public let name: String

    /// For the declarations of contexts alone.
    init(_ name: String) {
        self.name = name
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The permission with that name, or nil.
    public init?(named name: String) {
        guard let known = Self.byName[name] else { return nil }
        self = known
    }
}
