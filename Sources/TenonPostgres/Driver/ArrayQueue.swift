internal import TenonKit

/// A first-in-first-out queue that gives its memory back in bulk.
struct ArrayQueue<Element> {
    private var items: [Element?] = []
    private var head = 0

    var count: Int { items.count - head }
    var isEmpty: Bool { count == 0 }
    var first: Element? { head < items.count ? items[head] : nil }

    mutating func append(_ element: Element) {
        items.append(element)
    }

    @discardableResult
    mutating func removeFirst() -> Element? {
        guard head < items.count else { return nil }
        let element = items[head]
        items[head] = nil
        head += 1
        if head == items.count {
            items.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 512, head * 2 > items.count {
            items.removeFirst(head)
            head = 0
        }
        return element
    }

    /// Takes the first one out that it is.
    mutating func removeFirst(where isIt: (Element) -> Bool) -> Element? {
        guard let index = items[head...].firstIndex(where: { $0.map(isIt) ?? false }) else { return nil }
        return index == head ? removeFirst() : items.remove(at: index)
    }

    func compactMap<Value>(_ transform: (Element) -> Value?) -> [Value] {
        items[head...].compactMap { $0.flatMap(transform) }
    }
}
