internal import TenonDomain
internal import TenonKit

extension ResourceContract {
    /// Of every kind of resource that stores keep.
    public static let all = [tenants, users, sessions, apiKeys, ssoConnections, roles, policies, namespaces]

    private static let tenants = ResourceContract(
        "tenants",
        ResourceVerbs<Tenant>(
            make: { storage, id, _ in
                Tenant.register(
                    id: id, slug: try TenantSlug("acme"), name: try DisplayName("Ünïcode & Co."), plan: .starter,
                    at: storage.clock.now()
                ).0
            },
            change: { tenant, now in
                tenant.changed(name: try DisplayName("Acme"), plan: .enterprise, at: now)?.0
            },
            twin: { storage, first in
                Tenant.register(
                    id: storage.identifiers.next(), slug: first.slug, name: first.name, plan: .free,
                    at: storage.clock.now()
                ).0
            },
            add: { work, tenant throws(Failure) in try await work.tenants.add(tenant) },
            get: { stores, id throws(Failure) in try await stores.tenants.tenant(id) },
            getForUpdate: { work, id throws(Failure) in try await work.tenants.tenantForUpdate(id) },
            save: { work, tenant throws(Failure) in try await work.tenants.save(tenant) }, isSingle: true))

    private static let users = ResourceContract(
        "users",
        ResourceVerbs<User>(
            make: { storage, tenant, number in
                try user(storage, tenant, storage.identifiers.next(), "User\(number)@example.com", "user\(number)")
            },
            change: { user, now in
                let name = PersonName.Patch(full: .set(try DisplayName("Ann")), last: .removed)
                let patch = UserPatch(username: .removed, name: name, roles: [try Role("auditor")], status: .suspended)
                return user.changed(by: patch, at: now)?.0
            },
            twin: { storage, first in
                try user(storage, first.tenant, storage.identifiers.next(), "USER0@example.com", nil)
            },
            add: { work, user throws(Failure) in try await work.users.add(user) },
            get: { stores, id throws(Failure) in try await stores.users.user(id) },
            getForUpdate: { work, id throws(Failure) in try await work.users.userForUpdate(id) },
            save: { work, user throws(Failure) in try await work.users.save(user) },
            remove: { work, user throws(Failure) in try await work.users.remove(user.id) },
            page: { stores, _, page throws(Failure) in try await stores.users.users(page, matching: UserFilter()) }))

    private static func user(
        _ storage: ContractStorage, _ tenant: TenantID, _ id: UserID, _ email: String, _ username: String?
    ) throws(Violation) -> User {
        User.register(
            id: id, tenant: tenant, email: try EmailAddress(email),
            username: try username.map { text throws(Violation) in try Username(text) },
            name: PersonName(first: try DisplayName("Änn"), last: try DisplayName("B.")),
            passwordHash: PasswordHash(encoded: "$scrypt$x"), roles: [.owner, .viewer], at: storage.clock.now()
        ).0
    }

    /// All of one user, whose id is the tenant's number.
    private static let sessions = ResourceContract(
        "sessions",
        ResourceVerbs<Session>(
            make: { storage, tenant, _ in
                let id = UserID(high: tenant.high, low: tenant.low)
                return Session.begin(
                    id: storage.identifiers.next(), for: try user(storage, tenant, id, "a@example.com", nil),
                    from: Origin(address: "192.0.2.1", userAgent: "tests", requestID: "contract"),
                    lifetimes: TokenLifetimes(), at: storage.clock.now()
                ).0
            },
            change: { session, now in
                var session = session
                _ = session.refresh(presenting: session.counter, lifetimes: TokenLifetimes(), at: now)
                return session
            },
            add: { work, session throws(Failure) in
                if try await work.users.user(session.user) == nil, let email = try? EmailAddress("a@example.com") {
                    try await work.users.add(
                        User.register(
                            id: session.user, tenant: session.tenant, email: email, passwordHash: nil,
                            roles: [.viewer], at: session.createdAt
                        ).0)
                }
                try await work.sessions.add(session)
            },
            get: { stores, id throws(Failure) in try await stores.sessions.session(id) },
            getForUpdate: { work, id throws(Failure) in try await work.sessions.sessionForUpdate(id)?.session },
            save: { work, session throws(Failure) in try await work.sessions.save(session) },
            page: { stores, session, page throws(Failure) in
                try await stores.sessions.sessions(of: session.user, at: session.createdAt, page)
            }, isDescending: true))

    private static let apiKeys = ResourceContract(
        "API keys",
        ResourceVerbs<APIKey>(
            make: { storage, tenant, _ in
                let now = storage.clock.now()
                let id = storage.identifiers.next(APIKey.self)
                let terms = APIKeyTerms(
                    name: try DisplayName("Ünïcode & Co."), scopes: [.configsRead, .apiKeysRead],
                    networks: try AllowedNetworks(["10.0.0.0/8", "2001:db8::/32"]), expiresAt: now + .seconds(1000),
                    requiresSignature: false)
                let credential = APIKeyCredential(
                    id: storage.identifiers.next(), publicPart: "tnk_abcdefgh",
                    digest: id.bytes + id.bytes, signing: nil, createdAt: now)
                return try APIKey.create(
                    id: id, tenant: tenant, terms: terms, credential: credential, by: "usr_x", at: now
                ).0
            },
            change: { key, now in
                var terms = key.terms
                terms.status = .disabled
                terms.expiresAt = nil
                return try key.changed(to: terms, at: now)?.0
            },
            add: { work, key throws(Failure) in try await work.apiKeys.add(key) },
            get: { stores, id throws(Failure) in try await stores.apiKeys.key(id) },
            getForUpdate: { work, id throws(Failure) in try await work.apiKeys.keyForUpdate(id) },
            save: { work, key throws(Failure) in try await work.apiKeys.save(key) },
            remove: { work, key throws(Failure) in try await work.apiKeys.remove(key) },
            page: { stores, _, page throws(Failure) in try await stores.apiKeys.keys(page) }))

    private static let ssoConnections = ResourceContract(
        "SSO connections",
        ResourceVerbs<SSOConnection>(
            make: { storage, tenant, number in try connection(storage, tenant, "company-\(number)") },
            change: { connection, now in
                connection.changed(connection.settings, secret: .removed, at: now)?.0
            },
            twin: { storage, first in try connection(storage, first.tenant, first.name.text) },
            add: { work, connection throws(Failure) in try await work.sso.add(connection) },
            get: { stores, id throws(Failure) in try await stores.sso.connection(id) },
            getForUpdate: { work, id throws(Failure) in try await work.sso.connectionForUpdate(id) },
            save: { work, connection throws(Failure) in try await work.sso.save(connection) },
            remove: { work, connection throws(Failure) in try await work.sso.remove(connection.id) },
            page: { stores, _, page throws(Failure) in try await stores.sso.connections(page) }))

    private static func connection(
        _ storage: ContractStorage, _ tenant: TenantID, _ name: String
    ) throws -> SSOConnection {
        let settings = try SSOSettingsPatch(
            clientID: OAuthClientID("tenon"), scopes: OAuthScopes(["openid", "email"]),
            domains: [EmailDomain("acme.example")], roleMapping: ["Team A": .admin], defaultRoles: [.viewer]
        ).settings(by: .keycloak, issuer: IssuerURL("https://id.example/realms/a"))
        return SSOConnection.create(
            id: storage.identifiers.next(), tenant: tenant, name: try SSOConnectionName(name), preset: .keycloak,
            settings: settings, sealedSecret: SealedBytes([1, 0, 0, 0, 1, 7]), at: storage.clock.now()
        ).0
    }

    private static let roles = ResourceContract(
        "roles",
        ResourceVerbs<TenantRole>(
            make: { storage, tenant, number in
                TenantRole.create(
                    try Role("role-\(number)"), of: tenant, description: try Description("what it is for"),
                    permissions: [.auditRead, .configsRead], inherits: [.viewer], by: "usr_x", at: storage.clock.now()
                ).0
            },
            change: { role, now in
                role.changed(description: .removed, permissions: [.usersRead], inherits: [], at: now)?.0
            },
            twin: { _, first in first },
            add: { work, role throws(Failure) in try await work.policies.add(role) },
            get: { stores, role throws(Failure) in try await stores.policies.role(role) },
            save: { work, role throws(Failure) in try await work.policies.save(role) },
            remove: { work, role throws(Failure) in try await work.policies.remove(role.role) },
            page: { stores, _, page throws(Failure) in
                // Stores answer them all at once.
                let all = try await stores.policies.roles()
                let rest = all.filter { $0.role.name > page.lowerBound }.dropFirst(page.offset)
                return Page(
                    overfull: Array(rest.prefix(page.limit + 1)), for: page, total: page.isNumbered ? all.count : nil,
                    sortKey: \.sortKey)
            }))

    private static let policies = ResourceContract(
        "policies",
        ResourceVerbs<Policy>(
            make: { storage, tenant, number in try policy(storage, tenant, "policy \(number)") },
            change: { policy, now in
                let patch = PolicyPatch(
                    name: try DisplayName("other"), rules: try PolicyText("p, a"),
                    model: .set(try PolicyText("[matchers]")), status: .disabled)
                return policy.changed(by: patch, at: now)?.0
            },
            twin: { storage, first in try policy(storage, first.tenant, first.name.text) },
            add: { work, policy throws(Failure) in try await work.policies.add(policy) },
            get: { stores, id throws(Failure) in try await stores.policies.policy(id) },
            save: { work, policy throws(Failure) in try await work.policies.save(policy) },
            remove: { work, policy throws(Failure) in try await work.policies.remove(policy.id) },
            page: { stores, _, page throws(Failure) in try await stores.policies.policies(page) }))

    private static func policy(
        _ storage: ContractStorage, _ tenant: TenantID, _ name: String
    ) throws(Violation) -> Policy {
        let content = PolicyContent(
            name: try DisplayName(name), rules: try PolicyText("p, role:viewer, secrets, read, allow\n# é\n"))
        return Policy.create(
            id: storage.identifiers.next(), of: tenant, content, by: "usr_x", at: storage.clock.now()
        ).0
    }

    private static let namespaces = ResourceContract(
        "namespaces",
        ResourceVerbs<Namespace>(
            make: { storage, tenant, number in try namespace(storage, tenant, "n-\(number)") },
            change: { namespace, now in
                namespace.changed(description: .removed, requiresIfMatch: true, at: now)?.0
            },
            twin: { storage, first in try namespace(storage, first.tenant, first.name.text) },
            add: { work, namespace throws(Failure) in try await work.configuration.add(namespace) },
            get: { stores, id throws(Failure) in try await stores.configuration.namespace(id) },
            getForUpdate: { work, id throws(Failure) in try await work.configuration.revise(id, keys: []).namespace },
            save: { work, namespace throws(Failure) in try await work.configuration.save(namespace) },
            remove: { work, namespace throws(Failure) in try await work.configuration.remove(namespace) },
            page: { stores, _, page throws(Failure) in try await stores.configuration.namespaces(page) }))

    private static func namespace(
        _ storage: ContractStorage, _ tenant: TenantID, _ name: String
    ) throws(Violation) -> Namespace {
        Namespace.create(
            id: storage.identifiers.next(), tenant: tenant, name: try NamespaceName(name),
            description: try Description("ä ✓"), by: "system:contract", at: storage.clock.now()
        ).0
    }
}
