public import TenonKit
public import TenonPolicy

/// A tenant's rules in Casbin's language. Without its own model a policy uses the standard model and is enforced while
/// it is active. With its own model it answers questions of the tenant's applications.
public struct Policy: Sendable, Equatable, Identified {
    public static let idPrefix = "pol"
    /// The maximum number of policies of a tenant.
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

    /// Restores a policy from a store.
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

    /// Nil if nothing changes.
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

    /// The event of deleting it.
    public var removal: DomainEvent {
        DomainEvent(
            .policyRemoved, on: reference, ["name": .string(name.text)], change: ResourceChange(before: members))
    }

    /// Whether Tenon's own decisions use it.
    public var isEnforced: Bool { status == .active && model == nil }

    /// Fails if the rules are not valid rules of the standard model by themselves.
    public func checkRules() throws(TenantPolicy.Fault) {
        var enforced = self
        enforced.status = .active
        enforced.model = nil
        _ = try TenantPolicy(roles: [], policies: [enforced])
    }

    /// The rules under the policy's own model; nil without one. `wereTried` skips checks that were made when it was
    /// written: see `PolicyEngine`.
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

    /// All members that can change.
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

/// The content of a new policy.
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

/// The changes to a policy.
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

/// Why a policy with its own model is invalid.
public struct PolicyFault: Error, Sendable {
    /// Whether the error is in the model; otherwise it is in the rules.
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
