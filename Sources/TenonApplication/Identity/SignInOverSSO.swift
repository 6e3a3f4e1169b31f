internal import TenonDomain
internal import TenonKit

/// Starts a session for a person whose identity a provider confirms: finds or creates the user, and sets the user's
/// current roles.
struct SignInOverSSO: Sendable {
    typealias Work = HasUsers & HasSessions & HasSSO & HasAccess & HasPasswordResets & RecordsEvents

    let transactions: Writes<any Work>
    let grants: RoleGrants
    let sessions: SessionStarter
    let identifiers: Identifiers
    let clock: any WallClock

    /// The connection is read again: its settings may have changed during the call to the provider.
    func execute(
        _ identity: ProviderIdentity, over connection: SSOConnectionID, in tenant: TenantID, as caller: Caller
    ) async throws(Failure) -> TokenPair {
        do throws(Failure) {
            return try await attempt(identity, over: connection, in: tenant, as: caller)
        } catch {
            // Of two concurrent first logins one creates the user; the other then finds it.
            guard error.code == .emailTaken || error.code == .ssoAccountExists else { throw error }
            return try await attempt(identity, over: connection, in: tenant, as: caller)
        }
    }

    private func attempt(
        _ identity: ProviderIdentity, over id: SSOConnectionID, in tenant: TenantID, as caller: Caller
    ) async throws(Failure) -> TokenPair {
        let now = clock.now()
        let (user, session) = try await transactions.write(in: tenant, as: caller) { work throws(Failure) in
            let connection = try await work.sso.activeConnection(id)
            guard let access = try await work.access.tenantAccess() else { throw .bug("A connection has no tenant") }
            try access.requireActive()
            let arrival = Arrival(
                profile: SSOProfile(identity, by: connection.settings.claims), connection: connection, access: access,
                origin: caller.origin)
            let user = try await self.user(arrival, in: work, at: now)
            let (session, begun) = sessions.begin(for: user, from: caller.origin, at: now)
            try await work.begin(session)
            work.record(begun)
            return (user, session)
        }
        return try sessions.tokens(for: session, of: user, at: now)
    }

    /// The person, the connection, and the tenant.
    private struct Arrival {
        let profile: SSOProfile
        let connection: SSOConnection
        let access: TenantAccess
        let origin: Origin
    }

    private func user(
        _ arrival: Arrival, in work: any Work, at now: Timestamp
    ) async throws(Failure) -> User {
        let (profile, connection) = (arrival.profile, arrival.connection)
        // Before the user's own row, in the same order as other commands lock them.
        let owners = connection.settings.reachesOwners ? try await work.users.ownersForUpdate() : []
        if let id = try await work.sso.user(of: profile.subject, at: connection.id) {
            guard let user = try await work.users.userForUpdate(id) else { throw .bug("An identity has no user") }
            return try await current(user, arrival, owners, in: work, at: now)
        }
        var standing: User?
        if let email = profile.email, let user = try await work.users.user(.email(email)) {
            standing = try await work.users.userForUpdate(user.id)
        }
        guard connection.settings.vouches(for: profile), let email = profile.email else {
            throw standing == nil ? Self.refused : Self.exists
        }
        guard let standing else { return try await added(email, profile, connection, in: work, at: now) }
        // Otherwise a user with their own provider could become a user with more permissions.
        let reached = connection.settings.reachedRoles
        guard grants.reaches(reached, over: standing.roles, in: arrival.access, from: arrival.origin) else {
            throw Failure(
                .ssoAccountRefused, "This account's roles allow more than the roles of the connection.")
        }
        let user = try await current(standing, arrival, owners, in: work, at: now)
        try await link(user, profile, connection, in: work, at: now)
        return try await taken(user, in: work, at: now)
    }

    /// Removes everything with which someone else could still sign in. The tenant never verified the address: the
    /// person who set it, and the password, may be waiting for its owner.
    private func taken(_ user: User, in work: any Work, at now: Timestamp) async throws(Failure) -> User {
        try await work.passwordResets.removeAll(of: user.id)
        var changed = user.signedOut(at: now)
        if user.passwordHash != nil {
            let event: DomainEvent
            (changed, event) = user.changed(passwordHash: nil, at: now)
            work.record(event)
        }
        try await work.users.save(changed)
        try await work.endSessions(of: changed, because: "identity_linked", at: now)
        return changed
    }

    /// With the roles that the provider returns now.
    private func current(
        _ user: User, _ arrival: Arrival, _ owners: [UserID], in work: any Work, at now: Timestamp
    ) async throws(Failure) -> User {
        let settings = arrival.connection.settings
        guard user.maySignIn else {
            throw Failure(.accountSuspended, "This account is suspended; an administrator can resume it.")
        }
        guard !user.roles.contains(.owner) || settings.reachesOwners else {
            throw Failure(.ssoAccountRefused, "Owners sign in over a connection that maps to the role owner.")
        }
        guard !settings.roleMapping.isEmpty else { return user }
        var roles = settings.roles(for: arrival.profile)
        // A tenant without an owner could never be managed again, regardless of the provider.
        if user.roles.contains(.owner), !roles.contains(.owner), owners == [user.id] { roles.insert(.owner) }
        guard let (changed, event) = user.changed(by: UserPatch(roles: roles), at: now) else { return user }
        try await work.users.save(changed)
        work.record(event)
        work.accessChanged(.user(user.id), epoch: changed.version)
        return changed
    }

    private func added(
        _ email: EmailAddress, _ profile: SSOProfile, _ connection: SSOConnection, in work: any Work,
        at now: Timestamp
    ) async throws(Failure) -> User {
        guard connection.settings.createsUsers else { throw Self.refused }
        let (user, registered) = User.register(
            id: identifiers.next(), tenant: connection.tenant, email: email, name: PersonName(full: profile.name),
            passwordHash: nil, roles: connection.settings.roles(for: profile), at: now)
        try await work.users.add(user)
        work.record(registered)
        try await link(user, profile, connection, in: work, at: now)
        return user
    }

    /// From now on the subject is linked to the user, regardless of the address.
    private func link(
        _ user: User, _ profile: SSOProfile, _ connection: SSOConnection, in work: any Work, at now: Timestamp
    ) async throws(Failure) {
        try await work.sso.add(
            UserIdentity(connection: connection.id, subject: profile.subject, user: user.id, createdAt: now))
        work.record(
            DomainEvent(
                .userIdentityLinked, on: .user(user.id),
                ["connection_id": .string(connection.id.description), "subject": .string(profile.subject)]))
    }

    private static let refused = Failure(
        .ssoAccountRefused, "The identity provider does not confirm an account that may sign in here.")
    private static let exists = Failure(
        .ssoAccountExists, "An account with this e-mail address exists and cannot be linked.")
}
