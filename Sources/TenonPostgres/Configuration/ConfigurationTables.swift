internal import TenonDomain

extension ContextTables {
    static let configuration = ContextTables(
        tables: [
            .rows("namespaces"),
            // Their versions count the states of one entry; those to come go on above the namespace's
            // `restored_revision`.
            .rows("configs", hasEntityTags: false), .rows("config_versions", hasEntityTags: false),
            .rows("config_references"),
        ],
        sealed: [
            .byID(
                .configVersions, "sealed_value", count: "count_sealed_config_versions",
                page: "select_sealed_config_versions", update: "reseal_config_versions")
        ])
}
