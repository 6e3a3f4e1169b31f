public import TenonKit

/// Whom a rule can be about, as matchers see it. Its names carry their kind (`user:usr_…`, `key:key_…`, `role:admin`),
/// so that nobody can be named into a role.
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

    /// Somebody who has this role and nothing else.
    public init(role: Role) {
        self.init(kind: "role", id: role.name, roles: [])
    }

    /// `user:usr_…`
    public var name: String { "\(kind):\(id)" }

    /// By which of these a rule names it.
    var names: [String] { [name] + (kind == "key" ? ["kind:api_key"] : roles.map { "role:\($0)" }) }

    /// What conditions see as `r.sub`.
    var json: JSONValue {
        [
            "id": .string(id), "kind": .string(kind), "roles": .array(roles.map { .string($0) }),
            "names": .array(names.map { .string($0) }),
        ]
    }
}

/// What conditions see of a resource, as `r.res`. Every resource has all of these members: what a kind of resource does
/// not have is empty, so that a condition can be decided for all of them.
public struct PolicyResource: Sendable {
    let json: JSONValue

    public init(_ resource: any Protected) {
        var members = Self.empty
        members["kind"] = .string(resource.reference.kind)
        members["id"] = .string(resource.reference.id)
        for (name, value) in resource.attributes { members[name] = value }
        json = .object(members)
    }

    /// As somebody describes it who asks what would be decided.
    public init(described members: JSONObject) {
        var all = Self.empty
        for (name, value) in members { all[name] = value }
        json = .object(all)
    }

    /// The members that are texts; what else there is is `is_secret`.
    public static let textMembers = ["kind", "id", "name", "namespace_id", "key"]

    private static let empty: JSONObject = {
        var members = JSONObject()
        for name in textMembers { members[name] = "" }
        members["is_secret"] = false
        return members
    }()
}

/// What conditions see of the request, as `r.req`.
public struct PolicyCircumstances: Sendable {
    let json: JSONValue
    let time: Timestamp

    /// The address is empty where none is known; the hour (0 to 23) and the weekday (1 is Monday) are those of UTC.
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
