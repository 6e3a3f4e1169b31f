import Synchronization
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory
import TenonService
import TestSupport

/// The use cases of users and sessions on memory adapters, a manual clock and real crypto but for the hashes of passwords.
struct IdentityFixture {
    static let password = Secret("SecurePassword123")

    let clock = ManualClock()
    let memory: MemoryTransactions
    let ids = Identifiers.forTests()
    let hasher = CountedHashes()
    let signer: AccessTokenSigner
    let sealer: EnvelopeSealer
    let ports: Ports
    let directory: HeldDirectory
    let identity: IdentityUseCases
    let anybody = Caller(.anonymous, from: .test)

    init(lifetimes: TokenLifetimes = TokenLifetimes(), isRegistrationOpen: Bool = true) async throws {
        let storage = MemoryStorage(
            ProcessDependencies(clock: clock, randomness: SystemRandomness(), identifiers: ids))
        var options = TenonOptions()
        options.lifetimes = lifetimes
        options.plan = .free
        options.isRegistrationOpen = isRegistrationOpen
        options.passwordHasher = hasher
        let parts = try await Tenon(on: storage, keys: .temporary, options: options).parts
        memory = storage.memory
        signer = parts.keyring.signer
        sealer = parts.keyring.sealer
        ports = parts.ports
        directory = HeldDirectory(MemoryDirectory(memory))
        identity = IdentityUseCases(parts, directory: directory)
    }

    /// A user of a new, active tenant, with the hash as it is given.
    func user(_ email: String, hash: PasswordHash?, roles: Set<Role> = [.member]) async throws -> User {
        let tenant = Tenant.register(
            id: ids.next(), slug: try TenantSlug("t\(ids.next(Tenant.self).low % 1_000_000)"),
            name: try DisplayName("T"), plan: .free, at: clock.now()
        ).0
        let user = User.register(
            id: ids.next(), tenant: tenant.id, email: try EmailAddress(email), passwordHash: hash, roles: roles,
            at: clock.now()
        ).0
        let key = try sealer.firstKey(for: tenant.id)
        try await memory.write(in: tenant.id, as: anybody) { work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.dataKeys.addIfAbsent(key)
            try await work.users.add(user)
        }
        return user
    }

    /// The owner of a new tenant with the password of the fixture.
    func owner(_ email: String = "ann@example.com") async throws -> User {
        try await user(email, hash: try await hasher.hash(Self.password), roles: [.owner])
    }

    /// Signed in as the user, by the fixture's password.
    func signedIn(_ user: User, from address: String? = nil) async throws -> (caller: Caller, tokens: TokenPair) {
        let tokens = try await identity.signIn.execute(
            .init(login: .email(user.email), password: Self.password, tenant: nil), as: caller(from: address))
        return (Caller(Principal(try signer.verify(tokens.access, at: clock.now())), from: .test), tokens)
    }

    func caller(from address: String?) -> Caller {
        Caller(.anonymous, from: Origin(address: address, requestID: "tests"))
    }

    func stored(_ user: User) async throws -> User? {
        try await memory.reads(in: user.tenant).users.user(user.id)
    }

    /// The same as soon as there is something: what is done behind an answer takes its time.
    func nextDelivered() async throws -> [OutboxEvent] {
        var events: [OutboxEvent] = []
        try await until("an event") {
            events = try await delivered()
            return !events.isEmpty
        }
        return events
    }

    /// What subscribers are handed of everything that waits.
    func delivered() async throws -> [OutboxEvent] {
        let subscriber = EventList()
        _ = try await RelayEvents(
            outbox: MemoryOutbox(memory, clock: clock), subscribers: [subscriber], sealer: sealer
        ).execute()
        return subscriber.events.withLock { $0 }
    }
}

/// Answers no question about accounts while it is held.
final class HeldDirectory: Directory {
    let isHeld = Mutex(false)
    private let inner: MemoryDirectory

    init(_ inner: MemoryDirectory) {
        self.inner = inner
    }

    func tenant(_ slug: TenantSlug) async throws(Failure) -> TenantID? { try await inner.tenant(slug) }

    func tenants(of login: LoginName, limit: Int) async throws(Failure) -> [TenantID] {
        while isHeld.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(1)) }
        return try await inner.tenants(of: login, limit: limit)
    }

    func tenant(of connection: SSOConnectionID) async throws(Failure) -> TenantID? {
        try await inner.tenant(of: connection)
    }

    func tenant(of key: APIKeyID) async throws(Failure) -> TenantID? { try await inner.tenant(of: key) }

    func key(withSecret digest: [UInt8]) async throws(Failure) -> APIKeyReference? {
        try await inner.key(withSecret: digest)
    }
}

private final class EventList: EventSubscriber {
    let events = Mutex<[OutboxEvent]>([])

    func receive(_ event: OutboxEvent) async throws(Failure) {
        events.withLock { $0.append(event) }
    }
}
