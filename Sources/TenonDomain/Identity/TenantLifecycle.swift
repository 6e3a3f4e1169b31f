public import TenonKit

/// The lifecycle of a tenant. Every method returns the changed tenant and the event, or nil if nothing changes.
extension Tenant {
    /// Changes the name or the plan.
    public func changed(
        name newName: DisplayName? = nil, plan newPlan: TenantPlan? = nil, at now: Timestamp
    ) -> (Tenant, DomainEvent)? {
        guard newName ?? name != name || newPlan ?? plan != plan else { return nil }
        var next = self
        next.name = newName ?? name
        next.plan = newPlan ?? plan
        return next.recorded(.tenantChanged, after: self, at: now)
    }

    /// Suspends the tenant. Fails with `tenantStatusConflict` unless it is active.
    public func suspended(at now: Timestamp) throws(Failure) -> (Tenant, DomainEvent)? {
        guard status != .suspended else { return nil }
        guard status == .active else { throw statusConflict("suspended") }
        return entering(.suspended, .tenantSuspended, at: now)
    }

    /// Resumes the tenant. Fails with `tenantStatusConflict` unless it is suspended or active.
    public func resumed(at now: Timestamp) throws(Failure) -> (Tenant, DomainEvent)? {
        switch status {
        case .active: nil
        case .suspended: entering(.active, .tenantResumed, at: now)
        case .deleting, .provisioning: throw statusConflict("resumed")
        }
    }

    /// Passes unless it is being deleted, when it can only be restored; else fails with `tenantStatusConflict`.
    public func requireStanding() throws(Failure) {
        guard status != .deleting else { throw statusConflict("changed; restore it first") }
    }

    /// Marks it for deletion after the grace period; until then it is locked and can be restored.
    public func condemned(grace: Duration, at now: Timestamp) -> (Tenant, DomainEvent)? {
        guard status != .deleting else { return nil }
        var next = self
        next.deletesAt = now + grace
        next.wasSuspended = status == .suspended
        return next.entering(.deleting, .tenantCondemned, after: self, at: now)
    }

    /// Restores it within the grace period to its previous status: suspended, or active; a tenant without its database
    /// waits for it again. Fails with `tenantGraceOver`.
    public func restored(isProvisioned: Bool, at now: Timestamp) throws(Failure) -> (Tenant, DomainEvent)? {
        guard status == .deleting else { return nil }
        guard !isErasing, let deletesAt, now < deletesAt else {
            throw Failure(.tenantGraceOver, "The tenant can no longer be restored.")
        }
        var next = self
        next.deletesAt = nil
        next.wasSuspended = false
        let before: TenantStatus = wasSuspended ? .suspended : isProvisioned ? .active : .provisioning
        return next.entering(before, .tenantRestored, after: self, at: now)
    }

    /// The grace period is over and the permanent deletion begins. Nil for one that is not due.
    public func erasing(at now: Timestamp) -> (Tenant, DomainEvent)? {
        guard !isErasing, isDue(at: now) else { return nil }
        var next = self
        next.isErasing = true
        return next.recorded(.tenantErasureBegun, after: self, at: now)
    }

    /// Whether it can no longer be restored.
    public func isDue(at now: Timestamp) -> Bool {
        status == .deleting && deletesAt.map { $0 <= now } ?? false
    }

    /// Provisioning is complete: the tenant is active. Nil unless it was provisioning.
    public func provisioned(at now: Timestamp) -> (Tenant, DomainEvent)? {
        guard status == .provisioning else { return nil }
        return entering(.active, .tenantProvisioned, at: now)
    }

    /// The first owner has an account. Not a change of the resource.
    public func seeded() -> Tenant {
        var next = self
        next.firstOwner = nil
        next.version += 1
        return next
    }

    /// Everything is deleted; the last event of its log.
    public func erased() -> DomainEvent {
        DomainEvent(
            .tenantErased, on: .tenant(id), ["slug": .string(slug.text), "name": .string(name.text)],
            change: ResourceChange(before: members))
    }

    private func entering(
        _ status: TenantStatus, _ kind: EventKind, after old: Tenant? = nil, at now: Timestamp
    ) -> (Tenant, DomainEvent) {
        var next = self
        next.status = status
        return next.recorded(kind, after: old ?? self, at: now)
    }

    private func recorded(_ kind: EventKind, after old: Tenant, at now: Timestamp) -> (Tenant, DomainEvent) {
        var next = self
        next.version = old.version + 1
        next.updatedAt = now
        let change = ResourceChange(before: old.members, after: next.members)
        return (next, DomainEvent(kind, on: .tenant(id), change.after, change: change))
    }

    /// The members that can change, for auditors.
    var members: [String: JSONValue] {
        [
            "name": .string(name.text), "plan": .string(plan.rawValue), "status": .string(status.rawValue),
            "deletes_at": deletesAt.map { .string($0.description) } ?? .null,
        ]
    }

    private func statusConflict(_ what: String) -> Failure {
        Failure(.tenantStatusConflict, "A tenant with the status \(status.rawValue) cannot be \(what).")
    }
}

extension EventKind {
    public static let tenantChanged = EventKind("identity.tenant_changed")
    public static let tenantSuspended = EventKind("identity.tenant_suspended")
    public static let tenantResumed = EventKind("identity.tenant_resumed")
    public static let tenantCondemned = EventKind("identity.tenant_deletion_scheduled")
    public static let tenantRestored = EventKind("identity.tenant_restored")
    public static let tenantProvisioned = EventKind("identity.tenant_provisioned")
    public static let tenantErasureBegun = EventKind("identity.tenant_erasure_begun")
    public static let tenantErased = EventKind("identity.tenant_erased")
    /// An operator replaced its rows by those of a backup.
    public static let tenantRowsRestored = EventKind("identity.tenant_rows_restored")
}

extension FailureCode {
    public static let tenantProvisioning = FailureCode(
        "tenant_provisioning", .denied, "The tenant is being created",
        "The tenant's database is being created; `GET /tenants/{id}` shows when its `status` is `active`.")
    public static let tenantDeleting = FailureCode(
        "tenant_deleting", .denied, "The tenant is being deleted",
        "The tenant was deleted; within the grace period a platform administrator can restore it.")
    public static let tenantStatusConflict = FailureCode(
        "tenant_status_conflict", .conflict, "The tenant's status does not allow it",
        "Only an active tenant can be suspended, only a suspended one resumed, and a deleted one only restored."
    )
    public static let tenantGraceOver = FailureCode(
        "tenant_grace_over", .conflict, "The tenant can no longer be restored",
        "The grace period of the deletion is over; the tenant's keys and rows are being destroyed.")
}
