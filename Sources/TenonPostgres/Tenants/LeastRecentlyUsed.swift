/// Resources that are kept open by key, without any I/O: beyond the capacity the least recently used one is closed, but
/// none that is in use. Time comes with the events.
///
/// There are more than the capacity only while more are in use at once.
struct LeastRecentlyUsed<Key: Hashable, Resource> {
    typealias Moment = ContinuousClock.Instant
    /// Names one use, so that what took a key's place since is not mistaken for it.
    typealias Ticket = Int

    private struct Entry {
        let key: Key
        let resource: Resource
        var users = 1
        var lastUse: Moment
        /// Not handed out any more.
        var isRetired = false
    }

    private let capacity: Int
    private let idleTime: Duration
    private var entries: [Ticket: Entry] = [:]
    private var tickets: [Key: Ticket] = [:]
    private var lastTicket = 0

    /// Nothing is kept that nobody used for `idleTime`.
    init(capacity: Int, idleTime: Duration) {
        self.capacity = capacity
        self.idleTime = idleTime
    }

    var count: Int { entries.count }

    var resources: [Resource] { entries.values.map(\.resource) }

    func resource(of key: Key) -> Resource? {
        tickets[key].flatMap { entries[$0]?.resource }
    }

    /// Takes the resource of the key into use; one that is not there is made.
    mutating func take(_ key: Key, at now: Moment, make: () -> Resource) -> (resource: Resource, ticket: Ticket) {
        if let ticket = tickets[key], let entry = entries[ticket] {
            entries[ticket]?.users += 1
            entries[ticket]?.lastUse = now
            return (entry.resource, ticket)
        }
        lastTicket += 1
        let resource = make()
        entries[lastTicket] = Entry(key: key, resource: resource, lastUse: now)
        tickets[key] = lastTicket
        return (resource, lastTicket)
    }

    /// One use is over. Answers what is to be closed.
    mutating func giveBack(_ ticket: Ticket, at now: Moment) -> [Resource] {
        guard let entry = entries[ticket] else { return [] }
        entries[ticket]?.users -= 1
        entries[ticket]?.lastUse = now
        if entry.isRetired, entry.users == 1 { return remove([ticket]) }
        return evict()
    }

    /// Stops handing out the resource of the key: the next use makes a new one. Answers what to close now; resources in
    /// use are closed after their last use.
    mutating func retire(_ ticket: Ticket) -> [Resource] {
        guard let entry = entries[ticket] else { return [] }
        if tickets[entry.key] == ticket { tickets[entry.key] = nil }
        entries[ticket]?.isRetired = true
        return entry.users == 0 ? remove([ticket]) : []
    }

    /// Time passes. Answers what is to be closed.
    mutating func expire(at now: Moment) -> [Resource] {
        remove(entries.filter { $0.value.users == 0 && now - $0.value.lastUse >= idleTime }.map(\.key))
    }

    /// Everything, at the end.
    mutating func removeAll() -> [Resource] {
        remove(Array(entries.keys))
    }

    private mutating func evict() -> [Resource] {
        var closed: [Resource] = []
        while entries.count > capacity {
            let unused = entries.lazy.filter { $0.value.users == 0 }
            guard let oldest = unused.min(by: { $0.value.lastUse < $1.value.lastUse }) else { break }
            closed += remove([oldest.key])
        }
        return closed
    }

    private mutating func remove(_ gone: [Ticket]) -> [Resource] {
        gone.compactMap { ticket in
            guard let entry = entries.removeValue(forKey: ticket) else { return nil }
            if tickets[entry.key] == ticket { tickets[entry.key] = nil }
            return entry.resource
        }
    }
}
