public import TenonKit

/// The subject of a rule, as matchers see it. Names have a kind (`user:usr_…`, `key:key_…`, `role:admin`), so that no
/// name can be mistaken for a role.
public struct PolicySubject: Sendable {
    /// `user`, `key` or `role`.
    private let kind: String
    /// Without the kind.
    private let id: String
    private let roles: [String]

    private init(kind: String, id: String, roles: [String]) {
        self.kind = kind
        self.id = id
        self.roles = roles
    }

    public init(user: UserID, roles: Set<Role>) {
        self.init(kind: "user", id: user.description, roles: roles.map(\.name).sorted())
    }

    public init(key: APIKeyID) {
        self.init(kind: "key", id: key.description, roles: [])
    }

    /// A subject that has only this role.
    public init(role: Role) {
        self.init(kind: "role", id: role.name, roles: [])
    }

    /// `user:usr_…`
    public var name: String { "\(kind):\(id)" }

    /// The names by which a rule can refer to it.
    var names: [String] { [name] + (kind == "key" ? ["kind:api_key"] : roles.map { "role:\($0)" }) }

    /// The value of `r.sub` in conditions.
    var json: JSONValue {
        [
            "id": .string(id), "kind": .string(kind), "roles": .array(roles.map { .string($0) }),
            "names": .array(names.map { .string($0) }),
        ]
    }
}

/// The value of `r.res` in conditions. Every resource has all of these members; missing ones are empty, so that a
/// condition can be evaluated for all resources.
public struct PolicyResource: Sendable {
    let json: JSONValue

    public init(_ resource: any Protected) {
        var members = Self.empty
        members["kind"] = .string(resource.reference.kind)
        members["id"] = .string(resource.reference.id)
        for (name, value) in resource.attributes { members[name] = value }
        json = .object(members)
    }

    /// A resource described by the caller of a policy check.
    public init(described members: JSONObject) {
        var all = Self.empty
        for (name, value) in members { all[name] = value }
        json = .object(all)
    }

    /// The members that are texts; the only other one is `is_secret`.
    public static let textMembers = ["kind", "id", "name", "namespace_id", "key"]

    private static let empty: JSONObject = {
        var members = JSONObject()
        for name in textMembers { members[name] = "" }
        members["is_secret"] = false
        return members
    }()
}

/// The value of `r.req` in conditions.
public struct PolicyCircumstances: Sendable {
    let json: JSONValue
    let time: Timestamp

    /// The address is empty if unknown; the hour (0 to 23) and the weekday (1 is Monday) are in UTC.
    public init(address: String?, userAgent: String?, at now: Timestamp) {
        time = now
        let hours = now.millisecondsSince1970.flooredDivision(by: 3_600_000)
        let days = hours.flooredDivision(by: 24)
        json = [
            "address": .string(address ?? ""), "user_agent": .string(userAgent ?? ""),
            "time": .string(now.description), "hour": .integer(hours - days * 24),
            // The epoch began on a Thursday.
            "weekday": .integer(days + 3 - (days + 3).flooredDivision(by: 7) * 7 + 1),
        ]
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
