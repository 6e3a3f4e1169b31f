internal import TenonDomain

extension ContextTables {
    /// Keys, what is on its way to others, and what every context uses.
    static let shared = ContextTables(
        tables: [
            .registry("data_keys"), .registry("directory_entries"), .registry("version_floors"),
            .transient("outbox", restore: .kept, outlivesTenant: true), .transient("kept_replies"),
        ],
        sealed: [
            SealedColumn(
                table: .keptReplies, column: "sealed_reply",
                count: Statement(
                    "count_sealed_replies",
                    """
                    SELECT count(*) FROM kept_replies
                    WHERE tenant_id = $1 AND substring(sealed_reply FROM 2 FOR 4) < int4send($2::int4)
                    """),
                page: Statement(
                    "select_sealed_replies",
                    """
                    SELECT id, claim AS row, sealed_reply AS sealed FROM kept_replies
                    WHERE tenant_id = $1 AND substring(sealed_reply FROM 2 FOR 4) < int4send($2::int4) AND claim > $3
                    ORDER BY claim LIMIT $4
                    """),
                update: Statement(
                    "reseal_reply",
                    """
                    UPDATE kept_replies SET sealed_reply = $4 WHERE tenant_id = $1 AND claim = $2 AND sealed_reply = $3
                    RETURNING 1
                    """),
                start: [])
        ])
}
