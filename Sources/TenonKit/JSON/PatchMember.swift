/// A member of a merge patch (RFC 7396), where `null` deletes a value.
public enum PatchMember<Value: Sendable & Equatable>: Sendable, Equatable {
    case absent
    case removed
    case set(Value)

    public func applied(to old: Value?) -> Value? {
        switch self {
        case .absent: old
        case .removed: nil
        case .set(let value): value
        }
    }

    public func map<Other>(_ transform: (Value) -> Other) -> PatchMember<Other> {
        switch self {
        case .absent: .absent
        case .removed: .removed
        case .set(let value): .set(transform(value))
        }
    }
}
