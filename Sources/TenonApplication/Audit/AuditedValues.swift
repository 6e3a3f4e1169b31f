internal import TenonDomain

/// Values as the audit log tells them: short ones as they are, of others and of secrets a keyed digest, which says whether
/// two are the same and nothing else.
struct AuditedValues: Sendable {
    /// Bytes of a value that is told as it is.
    static let longest = 4096

    /// Without it no value stands for another.
    let digests: (any KeyedDigests)?

    func recorded(
        _ value: JSONValue, of tenant: TenantID, isHidden: Bool = false, longest: Int = longest
    ) -> JSONValue {
        let bytes = value.encoded()
        guard isHidden || bytes.count > longest else { return value }
        var summary = JSONObject()
        if let digests {
            summary["digest"] = .string(Base64URL.encode(digests.digest(tenant.bytes + bytes, for: .auditValue)))
        }
        // How long a secret is helps to find it.
        if !isHidden { summary["bytes"] = .integer(Int64(bytes.count)) }
        return .object(summary)
    }

    /// The change with its long values as their digests.
    func shortened(_ change: ResourceChange, of tenant: TenantID) -> ResourceChange {
        ResourceChange(
            before: change.before.mapValues { recorded($0, of: tenant) },
            after: change.after.mapValues { recorded($0, of: tenant) }, omitted: change.omitted)
    }
}
