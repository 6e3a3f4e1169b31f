internal import TenonDomain
internal import TenonKit

enum AuditTargets {
    /// An export holds or does not whatever pieces it comes in. Where it holds, whoever reads its lines as JSON finds
    /// each member once, and none that the check skipped.
    static func export(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return }
        let export = Array(bytes.dropFirst())
        let cut = min(Int(first), export.count)
        let whole = verified([export[...]])
        precondition(verified([export[..<cut], export[cut...]]) == whole, "a cut changes what is found")
        precondition(verified(export.indices.map { export[$0...$0] }) == whole, "single bytes change what is found")
        if whole.finding == nil {
            precondition(whole.sequence <= Int64(whole.lines), "there are more links than lines")
            for line in export.split(separator: UInt8(ascii: "\n")) { hasKnownMembers(Array(line)) }
        }
    }

    private static func hasKnownMembers(_ line: [UInt8]) {
        do throws(JSONError) {
            guard let members = try JSONParser.parse(line).objectValue else {
                preconditionFailure("a line is no object")
            }
            precondition(members.allSatisfy { names.contains($0.name) }, "a member that no line has passes")
        } catch {
            // In what nothing proves, JSON may be broken: that is nobody else's member.
            precondition(
                error.code != .duplicateMember || error.pointer.count { $0 == "/" } > 1, "a member stands twice")
        }
    }

    private static let names: Set = [
        "type", "seq", "hash", "id", "tenant", "actor", "action", "resource_type", "resource_id", "outcome", "plain",
        "sealed", "content_digest", "address", "user_agent", "request_id", "trace_id", "occurred_at", "content",
        "chain", "made_at", "signed",
    ]

    private struct Outcome: Equatable {
        let finding: AuditFinding?
        let lines: Int
        let sequence: Int64
        let tenant: TenantID?
    }

    private static func verified(_ pieces: [ArraySlice<UInt8>]) -> Outcome {
        var check = AuditExportCheck(hashing: Folding(), receipts: nil)
        var finding: AuditFinding?
        for piece in pieces where finding == nil { finding = piece.withUnsafeBytes { check.take($0) } }
        if finding == nil { finding = check.finish() }
        return Outcome(finding: finding, lines: check.lines, sequence: check.sequence, tenant: check.tenant)
    }
}

/// Quick, and easy to hit: every record has the same hash.
private struct Folding: ChainHash {
    func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { [UInt8](repeating: 7, count: 32) }
}
