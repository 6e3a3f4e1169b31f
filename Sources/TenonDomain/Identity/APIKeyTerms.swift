public import TenonKit

/// What an API key may do, and where and how it may be used.
public struct APIKeyTerms: Sendable, Equatable {
    public var name: DisplayName
    public var scopes: Set<Permission>
    public var networks: AllowedNetworks
    /// Nil where it does not.
    public var expiresAt: Timestamp?
    /// Whether only signed requests are taken, and not the secret itself.
    public var requiresSignature: Bool
    public var status: APIKeyStatus

    public init(
        name: DisplayName, scopes: Set<Permission>, networks: AllowedNetworks = .any, expiresAt: Timestamp? = nil,
        requiresSignature: Bool = false, status: APIKeyStatus = .active
    ) {
        self.name = name
        self.scopes = scopes
        self.networks = networks
        self.expiresAt = expiresAt
        self.requiresSignature = requiresSignature
        self.status = status
    }

    /// Whether a key with the same scopes could be used where, when or how it could not under the old terms.
    public func isWider(than old: APIKeyTerms) -> Bool {
        let isLonger = if let end = old.expiresAt { expiresAt.map { $0 > end } ?? true } else { false }
        return status == .active && old.status != .active || !networks.isWithin(old.networks) || isLonger
            || !requiresSignature && old.requiresSignature
    }

    var details: [String: JSONValue] {
        [
            "name": .string(name.text), "scopes": .array(scopes.map(\.name).sorted().map { .string($0) }),
            "allowed_cidrs": .array(networks.texts.map { .string($0) }),
            "expires_at": expiresAt.map { .string($0.description) } ?? .null,
            "requires_signature": .bool(requiresSignature), "status": .string(status.rawValue),
        ]
    }
}

public enum APIKeyStatus: String, Sendable, CaseIterable {
    case active
    /// Refused until it is active again.
    case disabled
}

/// Where a key may be used: everywhere, or from the addresses of at most 50 networks.
public struct AllowedNetworks: Sendable, Hashable {
    public static let maximum = 50
    public static let any = AllowedNetworks(networks: [])

    private let networks: [IPNetwork]

    private init(networks: [IPNetwork]) {
        self.networks = networks
    }

    /// In CIDR notation (RFC 4632). The violations point to the element that breaks a rule.
    public init(_ texts: [String]) throws(Failure) {
        var networks: [IPNetwork] = []
        var violations: [Violation] = []
        for (place, text) in texts.prefix(Self.maximum).enumerated() {
            if let network = IPNetwork(text) {
                networks.append(network)
            } else {
                violations.append(
                    Violation(
                        pointer: "/\(place)", code: "invalid_cidr",
                        detail: IPNetwork(around: text).map {
                            "There are bits behind the prefix: the network is \($0)."
                        } ?? "A network is an address, or one with a prefix such as 10.0.0.0/8."))
            }
        }
        if texts.count > Self.maximum {
            violations.append(
                Violation(code: "too_many_cidrs", detail: "A key has at most \(Self.maximum) networks."))
        } else if violations.isEmpty, Set(networks).count < networks.count {
            violations.append(Violation(code: "duplicate_cidr", detail: "A network stands here twice."))
        }
        guard violations.isEmpty else { throw .invalid(violations) }
        self.networks = networks
    }

    public var texts: [String] { networks.map(\.description) }

    /// Whether these are some of the others. A part of one of them counts as another network.
    func isWithin(_ others: AllowedNetworks) -> Bool {
        others.networks.isEmpty || !networks.isEmpty && Set(networks).isSubset(of: others.networks)
    }

    /// An address that nobody knows is in no network.
    public func allow(_ address: String?) -> Bool {
        guard !networks.isEmpty else { return true }
        guard let address = address.flatMap({ IPAddress($0) }) else { return false }
        return networks.contains { $0.contains(address) }
    }
}
