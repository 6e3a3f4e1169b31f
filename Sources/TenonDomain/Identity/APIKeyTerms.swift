public import TenonKit

/// The permissions of an API key, and where and how it can be used.
public struct APIKeyTerms: Sendable, Equatable {
    public var name: DisplayName
    public var scopes: Set<Permission>
    public var networks: AllowedNetworks
    /// Nil if it does not expire.
    public var expiresAt: Timestamp?
    /// Whether only signed requests are accepted, and not the secret itself.
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

    /// Whether a key with the same scopes could be used in more places, for longer or in more ways than under the old
    /// terms.
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

/// The allowed addresses of a key: any, or those of at most 50 networks.
public struct AllowedNetworks: Sendable, Hashable {
    public static let maximum = 50
    public static let any = AllowedNetworks(networks: [])

    private let networks: [IPNetwork]

    private init(networks: [IPNetwork]) {
        self.networks = networks
    }

    /// In CIDR notation (RFC 4632). The violations point to the invalid element.
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
                            "must have no bits after the prefix: use \($0)"
                        } ?? "must be an address, or one with a prefix such as 10.0.0.0/8"))
            }
        }
        if texts.count > Self.maximum {
            violations.append(
                Violation(
                    code: "too_many_cidrs", detail: "must have at most \(Self.maximum) networks, got \(texts.count)"))
        } else if violations.isEmpty, Set(networks).count < networks.count {
            violations.append(Violation(code: "duplicate_cidr", detail: "Duplicate network."))
        }
        guard violations.isEmpty else { throw .invalid(violations) }
        self.networks = networks
    }

    public var texts: [String] { networks.map(\.description) }

    /// Whether these are a subset of the others. Part of a network counts as another network.
    func isWithin(_ others: AllowedNetworks) -> Bool {
        others.networks.isEmpty || !networks.isEmpty && Set(networks).isSubset(of: others.networks)
    }

    /// An unknown address is in no network.
    public func allow(_ address: String?) -> Bool {
        guard !networks.isEmpty else { return true }
        guard let address = address.flatMap({ IPAddress($0) }) else { return false }
        return networks.contains { $0.contains(address) }
    }
}
