internal import TenonApplication
internal import TenonDomain
internal import TenonKit

extension GetKeyStatus.Output {
    /// As text.
    var text: String {
        var lines = ["key encryption keys"]
        let newest = keks.last { $0.isSet }?.version
        for kek in keks {
            let name = EncryptionKeys.name(kek.version)
            let need =
                !kek.isSet
                ? "is needed but not set"
                : kek.version == newest
                    ? "is active" : kek.dataKeys == 0 ? "is not needed" : "run tenon keys rotate-kek"
            lines.append("  \(name): \(kek.dataKeys) data keys; \(need)")
        }
        lines.append("tenants with an unfinished data key rotation: \(betweenVersionsTotal)")
        for tenant in tenantsBetweenVersions {
            let name = tenant.slug?.text ?? tenant.tenant.description
            lines.append(
                "  \(name): versions \(tenant.versions.map(String.init).joined(separator: ", ")), "
                    + (tenant.olderCells.map { "\($0) values with older versions" } ?? "its database does not answer")
                    + "; run tenon keys rotate-dek \(name)")
        }
        lines.append("token-signing keys")
        for key in signingKeys { lines.append("  \(key.keyID): \(key.state.rawValue) since \(key.stateSince)") }
        if let nextSigningStep { lines.append("  run tenon keys rotate-signing at \(nextSigningStep)") }
        return lines.joined(separator: "\n")
    }

    /// As JSON.
    var json: JSONValue {
        [
            "key_encryption_keys": .array(
                keks.map {
                    [
                        "version": .integer(Int64($0.version)), "variable": .string(EncryptionKeys.name($0.version)),
                        "is_set": .bool($0.isSet), "data_keys": .integer(Int64($0.dataKeys)),
                    ]
                }),
            "tenants_between_versions": .integer(Int64(betweenVersionsTotal)),
            "tenants": .array(
                tenantsBetweenVersions.map { tenant in
                    [
                        "id": .string(tenant.tenant.description),
                        "slug": tenant.slug.map { .string($0.text) } ?? .null,
                        "versions": .array(tenant.versions.map { .integer(Int64($0)) }),
                        "older_values": tenant.olderCells.map { .integer(Int64($0)) } ?? .null,
                    ]
                }),
            "signing_keys": .array(
                signingKeys.map {
                    [
                        "kid": .string($0.keyID), "state": .string($0.state.rawValue),
                        "state_since": .string($0.stateSince.description),
                        "created_at": .string($0.createdAt.description),
                    ]
                }),
            "next_signing_step": nextSigningStep.map { .string($0.description) } ?? .null,
        ]
    }
}
