public import TenonKit
public import TenonPolicy

/// Rules of a tenant in Casbin's language. Without a model of its own it is over the standard model, and enforced while
/// it is active; with one it answers questions of the tenant's own applications.
public struct Policy: Sendable, Equatable, Identified {
    public static let idPrefix = "pol"
    /// The most policies that a tenant has.
    public static let maxCount = 100

    public let id: PolicyID
    public let tenant: TenantID
    public private(set) var name: DisplayName
    public private(set) var description: Description?
    public private(set) var rules: PolicyText
    public private(set) var model: PolicyText?
    public private(set) var status: PolicyStatus
    public private(set) var version: Int64
    /// The author's `Caller.subject`.
    public let createdBy: String
    public let createdAt: Timestamp
    public private(set) var updatedAt: Timestamp

    /// From a store.
    public init(
        id: PolicyID, tenant: TenantID, name: DisplayName, description: Description?, rules: PolicyText,
        model: PolicyText?, status: PolicyStatus, version: Int64, createdBy: String, createdAt: Timestamp,
        updatedAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.description = description
        self.rules = rules
        self.model = model
        self.status = status
        self.version = version
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    public static func create(
        id: PolicyID, of tenant: TenantID, _ content: PolicyContent, by author: String, at now: Timestamp
    ) -> (Policy, DomainEvent) {
        let policy = Policy(
            id: id, tenant: tenant, name: content.name, description: content.description, rules: content.rules,
            model: content.model, status: content.status, version: 1, createdBy: author, createdAt: now, updatedAt: now)
        return (
            policy,
            DomainEvent(
                .policyCreated, on: policy.reference, policy.details, change: ResourceChange(after: policy.members))
        )
    }

    /// Nil where nothing would change.
    public func changed(by patch: PolicyPatch, at now: Timestamp) -> (Policy, DomainEvent)? {
        var changed = self
        changed.name = patch.name ?? name
        changed.description = patch.description.applied(to: description)
        changed.rules = patch.rules ?? rules
        changed.model = patch.model.applied(to: model)
        changed.status = patch.status ?? status
        guard changed != self else { return nil }
        changed.version += 1
        changed.updatedAt = now
        let change = ResourceChange(before: members, after: changed.members)
        return (changed, DomainEvent(.policyChanged, on: reference, changed.details, change: change))
    }

    /// What happens when it is taken away.
    public var removal: DomainEvent {
        DomainEvent(
            .policyRemoved, on: reference, ["name": .string(name.text)], change: ResourceChange(before: members))
    }

    /// Whether Tenon's own decisions are made by it.
    public var isEnforced: Bool { status == .active && model == nil }

    /// Fails where the rules cannot be in force by themselves, as rules of the standard model.
    public func checkRules() throws(TenantPolicy.Fault) {
        var enforced = self
        enforced.status = .active
        enforced.model = nil
        _ = try TenantPolicy(roles: [], policies: [enforced])
    }

    /// The rules under the policy's own model; nil where it has none. What `wereTried`, when it was written, is not tried
    /// again: see `PolicyEngine`.
    public func ownEngine(wereTried: Bool = false) throws(PolicyFault) -> PolicyEngine? {
        guard let model else { return nil }
        let read: PolicyModel
        do throws(PolicySyntaxError) {
            read = try PolicyModel(model.text)
        } catch {
            throw PolicyFault(isOfModel: true, error: error)
        }
        do throws(PolicySyntaxError) {
            let rules = try PolicyRules(rules.text, limit: TenantPolicy.maxRules)
            do throws(PolicyDocumentError) {
                return try PolicyEngine(
                    model: read, documents: [rules], wereTried: wereTried, steps: PolicyEngine.stepsOfRequest)
            } catch {
                throw error.error
            }
        } catch {
            throw PolicyFault(isOfModel: false, error: error)
        }
    }

    /// Everything that can change.
    private var members: [String: JSONValue] {
        [
            "name": .string(name.text), "description": description.map { .string($0.text) } ?? .null,
            "rules": .string(rules.text), "model": model.map { .string($0.text) } ?? .null,
            "status": .string(status.rawValue),
        ]
    }

    private var details: [String: JSONValue] {
        [
            "name": .string(name.text), "status": .string(status.rawValue), "has_model": .bool(model != nil),
            "version": .integer(version),
        ]
    }
}

public typealias PolicyID = Identifier<Policy>

extension Policy: Protected {
    public var owner: TenantID { tenant }
    public var reference: ResourceReference { ResourceReference(kind: "policy", id: id.description) }
    public var attributes: [String: JSONValue] { ["name": .string(name.text)] }
}

public enum PolicyStatus: String, Sendable, CaseIterable {
    case active, disabled
}

/// What a new policy says.
public struct PolicyContent: Sendable {
    public let name: DisplayName
    public let description: Description?
    public let rules: PolicyText
    public let model: PolicyText?
    public let status: PolicyStatus

    public init(
        name: DisplayName, description: Description? = nil, rules: PolicyText, model: PolicyText? = nil,
        status: PolicyStatus = .active
    ) {
        self.name = name
        self.description = description
        self.rules = rules
        self.model = model
        self.status = status
    }
}

/// What of a policy is to change.
public struct PolicyPatch: Sendable {
    public let name: DisplayName?
    public let description: PatchMember<Description>
    public let rules: PolicyText?
    public let model: PatchMember<PolicyText>
    public let status: PolicyStatus?

    public init(
        name: DisplayName? = nil, description: PatchMember<Description> = .absent, rules: PolicyText? = nil,
        model: PatchMember<PolicyText> = .absent, status: PolicyStatus? = nil
    ) {
        self.name = name
        self.description = description
        self.rules = rules
        self.model = model
        self.status = status
    }
}

/// Why a policy with a model of its own cannot be read.
public struct PolicyFault: Error, Sendable {
    /// Else of the rules.
    public let isOfModel: Bool
    public let error: PolicySyntaxError
}

/// The text of rules or of a model: up to 65,536 characters.
public struct PolicyText: TextValue, Hashable {
    public static let maxLength = 65_536

    public let text: String

    public static let rule = TextRule(
        0...maxLength, .anything, code: "nul_in_string", lengthCode: "invalid_length", "not contain U+0000",
        example: "p, role:member, configs, write, deny, r.res.key == 'database_url'")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }

    public static func == (left: PolicyText, right: PolicyText) -> Bool { sameBytes(left.text, right.text) }
    public func hash(into hasher: inout Hasher) { hashBytes(text, into: &hasher) }
}
