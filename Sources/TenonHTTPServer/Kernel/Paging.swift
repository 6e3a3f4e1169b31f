public import TenonDomain
internal import TenonKit

/// The paging parameters and responses of all lists: by cursor, or by page number (as in seed 004).
public struct Paging: Sendable {
    /// The query parameters of every list operation.
    package static let parameters = [
        QueryParameter(
            "limit", "Maximum number of items.",
            schema: ["type": "integer", "minimum": 1, "maximum": 200, "default": 50]),
        QueryParameter(
            "cursor", "The `next_cursor` of the previous page.",
            schema: ["type": "string", "maxLength": 4096, "pattern": "^[A-Za-z0-9_-]+$"]),
        QueryParameter(
            "page", "The number of the page, from 1. Use it instead of `cursor` and `limit`, not together with them.",
            schema: ["type": "integer", "minimum": 1, "maximum": 1_000_000]),
        QueryParameter(
            "page_size", "Number of items of a numbered page.",
            schema: ["type": "integer", "minimum": 1, "maximum": 200, "default": 50]),
    ]

    private static let format: UInt8 = 1
    private static let sealLength = 16
    private let digests: any KeyedDigests

    public init(digests: any KeyedDigests) {
        self.digests = digests
    }

    /// Reads the parameters. `list` names the list with its tenant and filters: a cursor is only valid for that list.
    package func request(_ query: QueryReader, of list: String) throws(Failure) -> PageRequest {
        let page = try query.integer("page", in: 1...1_000_000)
        let pageSize = try query.integer("page_size", in: 1...PageRequest.maxLimit)
        let limit = try query.integer("limit", in: 1...PageRequest.maxLimit)
        let cursor = query.text("cursor")
        if page != nil || pageSize != nil {
            guard cursor == nil, limit == nil else {
                throw .invalid("conflicting_parameters", "send either cursor and limit, or page and page_size")
            }
            return PageRequest(.page(page ?? 1), limit: pageSize ?? PageRequest.defaultLimit)
        }
        guard let cursor else { return PageRequest(.first, limit: limit ?? PageRequest.defaultLimit) }
        guard let key = open(cursor, of: list) else {
            throw .invalid("invalid_cursor", "The cursor belongs to another list.", at: "?cursor")
        }
        return PageRequest(.after(key), limit: limit ?? PageRequest.defaultLimit)
    }

    package func reply<Item, ItemReply>(
        _ page: Page<Item>, for request: PageRequest, of list: String, as render: (Item) -> ItemReply
    ) -> PageReply<ItemReply> {
        PageReply(
            items: page.items.map(render), nextCursor: page.next.map { cursor(after: $0, of: list) },
            number: request.isNumbered ? request.offset / request.limit + 1 : nil, size: request.limit,
            total: page.total)
    }

    /// Format, seal over the list and the key, key; in base 64 for URLs.
    private func cursor(after key: String, of list: String) -> String {
        Base64URL.encode([Self.format] + seal(key, of: list) + Array(key.utf8))
    }

    private func open(_ cursor: String, of list: String) -> String? {
        guard cursor.utf8.count <= 4096, let bytes = Base64URL.decode(cursor), bytes.count > 1 + Self.sealLength,
            bytes[0] == Self.format,
            let key = String(validating: bytes[(1 + Self.sealLength)...], as: UTF8.self),
            Secret(bytes[1...Self.sealLength]) == Secret(seal(key, of: list))
        else { return nil }
        return key
    }

    private func seal(_ key: String, of list: String) -> [UInt8] {
        Array(digests.digest("\(list.utf8.count):\(list)\(key)", for: .cursor).prefix(Self.sealLength))
    }
}

/// A page of a list: `items` and `next_cursor`, and for numbered pages `page`, `page_size` and `total`.
package struct PageReply<Item: ReplyBody>: ReplyBody {
    package let items: [Item]
    package let nextCursor: String?
    package let number: Int?
    package let size: Int
    package let total: Int?

    package func write(to fields: inout FieldWriter) {
        fields.field("items", items)
        fields.field("next_cursor", nextCursor)
        let isNumbered = number != nil && total != nil
        fields.field("page", ifPresent: isNumbered ? number.map { Int64($0) } : nil)
        fields.field("page_size", ifPresent: isNumbered ? Int64(size) : nil)
        fields.field("total", ifPresent: isNumbered ? total.map { Int64($0) } : nil)
    }

    package static var schemaName: String? { Item.schemaName.map { $0 + "Page" } }

    package static var example: Self {
        Self(items: [Item.example], nextCursor: nil, number: nil, size: PageRequest.defaultLimit, total: nil)
    }
}
