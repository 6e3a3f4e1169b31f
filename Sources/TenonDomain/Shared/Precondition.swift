/// A caller's condition on the state that it changes (RFC 9110 §13).
public enum Precondition: Sendable, Equatable {
    case none
    /// `If-Match: *`: it exists.
    case present
    /// `If-None-Match: *`: it does not exist.
    case absent
    /// It has one of these versions.
    case versions(Set<Int64>)

    /// Fails with `preconditionFailed`. `version` is nil if it does not exist.
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
            .preconditionFailed, version.map { "The current version is \($0)." } ?? "The resource does not exist.")
    }

    /// The same, if a change of an existing resource must name its version.
    public func check(_ version: Int64?, isRequired: Bool) throws(Failure) {
        if isRequired, version != nil, self == .none {
            throw Failure(.preconditionRequired, "Send the version to change as `If-Match`.")
        }
        try check(version)
    }
}

extension FailureCode {
    public static let preconditionFailed = FailureCode(
        "precondition_failed", .stale, "The precondition failed",
        "The resource does not, or no longer, have the entity tag in `If-Match`. Read it again.")
    public static let preconditionRequired = FailureCode(
        "precondition_required", .unconditional, "The change must name the version it replaces",
        "The namespace sets `require_if_match`: send the entity tag of the entry as `If-Match`.")
}
