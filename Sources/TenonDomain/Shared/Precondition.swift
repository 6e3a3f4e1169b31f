/// What a caller says about the state that it changes (RFC 9110 §13).
public enum Precondition: Sendable, Equatable {
    case none
    /// `If-Match: *`: it is there.
    case present
    /// `If-None-Match: *`: it is not there.
    case absent
    /// It is at one of these versions.
    case versions(Set<Int64>)

    /// Fails with `preconditionFailed`. `version` is nil where there is nothing.
    public func check(_ version: Int64?) throws(Failure) {
        let holds =
            switch self {
            case .none: true
            case .present: version != nil
            case .absent: version == nil
            case .versions(let wanted): version.map { wanted.contains($0) } ?? false
            }
        guard !holds else { return }
        throw Failure(
            .preconditionFailed, version.map { "It is at version \($0) now." } ?? "There is nothing here.")
    }

    /// The same, where a change of something that is there must name its version.
    public func check(_ version: Int64?, isRequired: Bool) throws(Failure) {
        if isRequired, version != nil, self == .none {
            throw Failure(.preconditionRequired, "Say by If-Match which version this changes.")
        }
        try check(version)
    }
}

extension FailureCode {
    public static let preconditionFailed = FailureCode(
        "precondition_failed", .stale, "The precondition does not hold",
        "The resource is not, or not any longer, the one whose entity tag `If-Match` names. Read it again.")
    public static let preconditionRequired = FailureCode(
        "precondition_required", .unconditional, "The change must say what it changes",
        "The namespace sets `require_if_match`: send the entity tag of what was read as `If-Match`.")
}
