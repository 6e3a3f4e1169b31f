internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// The endpoints of generic use cases. The access rule is the use case's permission.
extension Resource where Item: Listable, Item.ID == ID {
    /// `GET` on an item.
    func get(_ operation: String, _ summary: String, _ description: String, by useCase: Get<Item>) -> Entry {
        get(operation, summary, description, for: .permission(Get<Item>.permission), run: useCase.execute)
    }

    /// `GET` on the collection, page by page. `filter` reads the `filters` of the query.
    func list(
        _ operation: String, _ summary: String, _ description: String, _ paging: Paging, filters: [QueryParameter],
        by useCase: List<Item>, filter: @escaping @Sendable (QueryReader) throws(Failure) -> Item.Filter
    ) -> Entry {
        list(
            operation, summary, description, for: .permission(List<Item>.permission), paging, filters: filters
        ) { page, query, caller throws(Failure) in
            try await useCase.execute(List<Item>.Input(filter: try filter(query), page: page), as: caller)
        }
    }
}

extension Resource where Item: Listable, Item.ID == ID, Item.Filter == Void {
    /// `GET` on the collection, page by page.
    func list(
        _ operation: String, _ summary: String, _ description: String, _ paging: Paging, by useCase: List<Item>
    ) -> Entry {
        list(operation, summary, description, paging, filters: [], by: useCase) { _ in }
    }
}
