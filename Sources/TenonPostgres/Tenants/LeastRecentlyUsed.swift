/// What is kept open for some keys, without any I/O: the one used least recently goes when there are too many, and none
/// that is in use. Time comes with the events.
///
/// More than the capacity stand while more than that are in use at once.
struct LeastRecentlyUsed<Key: Hashable, Resource> {
    typealias Moment = ContinuousClock.Instant
    /// Names one use, so that what took a key's place since is not mistaken for it.
    typealias Ticket = Int

    private struct Entry {
        let key: Key
        let resource: Resource
        var users = 1
        var lastUse: Moment
        /// Out of reach for new users.
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

    /// What is of no more use: the next who wants the key gets a new one. Answers what is to be closed now; what is in
    /// use follows with its last use.
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
