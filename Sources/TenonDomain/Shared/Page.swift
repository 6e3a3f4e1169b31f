/// A request for a part of a list.
public struct PageRequest: Sendable, Equatable {
    public enum Start: Sendable, Equatable {
        case first
        /// After the item with this sort key: keyset paging without gaps and repeats.
        case after(String)
        /// The page with this number, from 1; the response counts all items.
        case page(Int)
    }

    public static let defaultLimit = 50
    public static let maxLimit = 200

    public let start: Start
    /// 1 to 200 items.
    public let limit: Int

    public init(_ start: Start = .first, limit: Int = defaultLimit) {
        self.start = start
        self.limit = limit
    }

    /// The number of items before the page; 0 unless paged by number.
    public var offset: Int {
        if case .page(let number) = start { (number - 1) * limit } else { 0 }
    }

    /// The sort key to start after; empty for the beginning.
    public var lowerBound: String {
        if case .after(let key) = start { key } else { "" }
    }

    /// Whether it is the beginning of the list.
    public var isFirst: Bool { offset == 0 && lowerBound.isEmpty }

    public var isNumbered: Bool {
        if case .page = start { true } else { false }
    }
}

/// A resource whose lists are in the order of one of its values.
public protocol HasSortKey: Sendable {
    /// Unique within a list, which is in the order of its UTF-8 bytes. A cursor carries it.
    var sortKey: String { get }
}

/// A part of a list.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    /// The sort key of the last item, if more follow.
    public let next: String?
    /// The size of the whole list; only for a request by page number.
    public let total: Int?

    public init(items: [Item], next: String?, total: Int?) {
        self.items = items
        self.next = next
        self.total = total
    }

    /// Creates a page from one item more than the limit.
    public init(overfull items: [Item], for request: PageRequest, total: Int?, sortKey: (Item) -> String) {
        let kept = items.prefix(request.limit)
        self.init(
            items: Array(kept),
            next: items.count > request.limit && !request.isNumbered ? kept.last.map(sortKey) : nil,
            total: total)
    }

    public func map<Other: Sendable, E: Error>(_ transform: (Item) throws(E) -> Other) throws(E) -> Page<Other> {
        Page<Other>(items: try items.map(transform), next: next, total: total)
    }
}

extension Page where Item: HasSortKey {
    /// Creates a page from one item more than the limit.
    public init(overfull items: [Item], for request: PageRequest, total: Int?) {
        self.init(overfull: items, for: request, total: total, sortKey: \.sortKey)
    }
}
