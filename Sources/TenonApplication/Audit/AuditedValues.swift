internal import TenonDomain
internal import TenonKit

/// Values as recorded in the audit log: short ones unchanged; long ones and secrets as a keyed digest, which only shows
/// whether two values are equal.
struct AuditedValues: Sendable {
    /// The maximum bytes of a value that is recorded unchanged.
    static let longest = 4096

    /// Nil omits the digests: then hidden values cannot be compared.
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
        // The length of a secret would help to guess it.
        if !isHidden { summary["bytes"] = .integer(Int64(bytes.count)) }
        return .object(summary)
    }

    /// The change with its long values replaced by digests.
    func shortened(_ change: ResourceChange, of tenant: TenantID) -> ResourceChange {
        ResourceChange(
            before: change.before.mapValues { recorded($0, of: tenant) },
            after: change.after.mapValues { recorded($0, of: tenant) }, omitted: change.omitted)
    }
}
