/// The members of a JSON object in written order, each name once. Names are equal if their code points are. Small
/// objects are searched linearly; larger ones through an index.
public struct JSONObject: Sendable {
    public typealias Element = (name: String, value: JSONValue)

    private var members: [Element] = []
    /// From name to position; empty up to `indexThreshold` members.
    private var places: [ExactText: Int] = [:]
    private static let indexThreshold = 12

    public init() {}

    /// The member with that name. Assigning replaces the value in its position or appends a member; assigning nil
    /// removes it, in time proportional to the size of the object.
    public subscript(name: String) -> JSONValue? {
        get { place(of: name).map { members[$0].value } }
        set {
            switch (place(of: name), newValue) {
            case (let place?, let value?): members[place].value = value
            case (nil, let value?): append(value, named: name)
            case (_?, nil): removeAll { member, _ in sameBytes(member, name) }
            case (nil, nil): break
            }
        }
    }

    /// Appends a member; returns false and changes nothing if the name exists.
    public mutating func insert(_ value: JSONValue, named name: String) -> Bool {
        guard place(of: name) == nil else { return false }
        append(value, named: name)
        return true
    }

    /// Removes every member that satisfies the test, in one pass.
    public mutating func removeAll(where test: (_ name: String, _ value: JSONValue) -> Bool) {
        members.removeAll { test($0.name, $0.value) }
        places = [:]
        if members.count > Self.indexThreshold { index() }
    }

    private mutating func append(_ value: JSONValue, named name: String) {
        members.append((name, value))
        if !places.isEmpty {
            places[ExactText(text: name)] = members.count - 1
        } else if members.count > Self.indexThreshold {
            index()
        }
    }

    private mutating func index() {
        places.reserveCapacity(members.count * 2)
        for (place, member) in members.enumerated() { places[ExactText(text: member.name)] = place }
    }

    private func place(of name: String) -> Int? {
        if !places.isEmpty { return places[ExactText(text: name)] }
        return members.firstIndex { sameBytes($0.name, name) }
    }
}

extension JSONObject: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { members.count }
    public subscript(position: Int) -> Element { members[position] }
}

extension JSONObject: Hashable {
    /// Ignores the order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { member in right[member.name] == member.value }
    }

    public func hash(into hasher: inout Hasher) {
        // A sum, because the order must not matter.
        var sum = 0
        for (name, value) in members {
            var member = Hasher()
            hashBytes(name, into: &member)
            member.combine(value)
            sum &+= member.finalize()
        }
        hasher.combine(count)
        hasher.combine(sum)
    }
}
