internal import TenonDomain
internal import TenonKit

/// The providers that this process may connect to. A tenant chooses the address, so it must not lead behind the
/// firewall.
public struct ProviderPolicy: Sendable {
    /// Whether plain HTTP is allowed to a provider on this machine, for development, if private addresses are allowed.
    public let allowsPlainLoopback: Bool
    /// Whether providers may be in private networks.
    public let allowsPrivateAddresses: Bool
    /// How long a request may take, from the look-up of the name to the last byte.
    package var patience = Duration.seconds(5)

    public init(allowsPlainLoopback: Bool, allowsPrivateAddresses: Bool) {
        self.allowsPlainLoopback = allowsPlainLoopback
        self.allowsPrivateAddresses = allowsPrivateAddresses
    }

    /// Passes if all of a host's addresses are allowed.
    func check(_ addresses: [IPAddress], of url: ProviderURL) throws(OpenIDFault) {
        if url.isPlain {
            guard allowsPlainLoopback, allowsPrivateAddresses, url.isLoopback,
                addresses.allSatisfy(AddressRange.loopback.contains)
            else {
                throw .addressRefused("\(url.host) must not be used over plain HTTP")
            }
            return
        }
        // All of them: otherwise a name with one address of each kind would pass by chance.
        guard allowsPrivateAddresses || !addresses.contains(where: AddressRange.inner.contains) else {
            throw .addressRefused("\(url.host) is in a private network")
        }
    }
}

/// Addresses that are not globally reachable.
struct AddressRange: Sendable {
    private let networks: [IPNetwork]

    private init(_ texts: [String]) {
        networks = texts.map { text in
            guard let network = IPNetwork(text) else { preconditionFailure("\(text) is not a network") }
            return network
        }
    }

    func contains(_ address: IPAddress) -> Bool {
        networks.contains { $0.contains(address) }
    }

    static let loopback = AddressRange(["127.0.0.0/8", "::1"])

    /// The special-purpose registries of IANA (RFC 6890), including ranges that can embed IPv4 addresses: private,
    /// loopback, link-local (used for cloud metadata), shared, documentation, multicast and reserved ones.
    static let inner = AddressRange([
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4", "::/96", "64:ff9b::/32", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
        "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    ])
}
