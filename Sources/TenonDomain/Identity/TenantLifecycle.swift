public import TenonKit

/// What becomes of a tenant. Every verb answers the tenant as it is then and the event, or nil where nothing changes.
extension Tenant {
    /// Another name, another plan.
    public func changed(
        name newName: DisplayName? = nil, plan newPlan: TenantPlan? = nil, at now: Timestamp
    ) -> (Tenant, DomainEvent)? {
        guard newName ?? name != name || newPlan ?? plan != plan else { return nil }
        var next = self
        next.name = newName ?? name
        next.plan = newPlan ?? plan
        return next.recorded(.tenantChanged, after: self, at: now)
    }

    /// Its users and programs are turned away. Fails with `tenantStatusConflict` for one that is not in use.
    public func suspended(at now: Timestamp) throws(Failure) -> (Tenant, DomainEvent)? {
        guard status != .suspended else { return nil }
        guard status == .active else { throw statusConflict("suspended") }
        return entering(.suspended, .tenantSuspended, at: now)
    }

    /// They are let in again. Fails with `tenantStatusConflict` for one that is not in use.
    public func resumed(at now: Timestamp) throws(Failure) -> (Tenant, DomainEvent)? {
        switch status {
        case .active: nil
        case .suspended: entering(.active, .tenantResumed, at: now)
        case .deleting, .provisioning: throw statusConflict("resumed")
        }
    }

    /// Passes unless it is being deleted: then it is brought back, or nothing of it changes; else `tenantStatusConflict`.
    public func requireStanding() throws(Failure) {
        guard status != .deleting else { throw statusConflict("changed; it can be brought back") }
    }

    /// To be deleted when the grace is over; until then it is locked and can be brought back.
    public func condemned(grace: Duration, at now: Timestamp) -> (Tenant, DomainEvent)? {
        guard status != .deleting else { return nil }
        var next = self
        next.deletesAt = now + grace
        next.wasSuspended = status == .suspended
        return next.entering(.deleting, .tenantCondemned, after: self, at: now)
    }

    /// Brought back within the grace as it was before: suspended, or in use; one whose database was not made yet waits for
    /// it again. Fails with `tenantGraceOver`.
    public func restored(isProvisioned: Bool, at now: Timestamp) throws(Failure) -> (Tenant, DomainEvent)? {
        guard status == .deleting else { return nil }
        guard !isErasing, let deletesAt, now < deletesAt else {
            throw Failure(.tenantGraceOver, "The tenant is past bringing back.")
        }
        var next = self
        next.deletesAt = nil
        next.wasSuspended = false
        let before: TenantStatus = wasSuspended ? .suspended : isProvisioned ? .active : .provisioning
        return next.entering(before, .tenantRestored, after: self, at: now)
    }

    /// The grace is over and the deletion begins for good. Nil for one that is not due.
    public func erasing(at now: Timestamp) -> (Tenant, DomainEvent)? {
        guard !isErasing, isDue(at: now) else { return nil }
        var next = self
        next.isErasing = true
        return next.recorded(.tenantErasureBegun, after: self, at: now)
    }

    /// Whether nobody can bring it back any more.
    public func isDue(at now: Timestamp) -> Bool {
        status == .deleting && deletesAt.map { $0 <= now } ?? false
    }

    /// What was to be made for the tenant is there: it is in use from now on. Nil for one that does not wait for it.
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

    /// Nothing of it is left; the last event of its log.
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

    /// What of it can change, for auditors.
    var members: [String: JSONValue] {
        [
            "name": .string(name.text), "plan": .string(plan.rawValue), "status": .string(status.rawValue),
            "deletes_at": deletesAt.map { .string($0.description) } ?? .null,
        ]
    }

    private func statusConflict(_ what: String) -> Failure {
        Failure(.tenantStatusConflict, "A tenant that is \(status.rawValue) cannot be \(what).")
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
    /// A backup of the operator's took the place of its rows.
    public static let tenantRowsRestored = EventKind("identity.tenant_rows_restored")
}

extension FailureCode {
    public static let tenantProvisioning = FailureCode(
        "tenant_provisioning", .denied, "The tenant is still being made",
        "The tenant's database is on its way; `GET /tenants/{id}` shows when its `status` is `active`.")
    public static let tenantDeleting = FailureCode(
        "tenant_deleting", .denied, "The tenant is being deleted",
        "The tenant was deleted; within its grace an administrator of the platform can bring it back.")
    public static let tenantStatusConflict = FailureCode(
        "tenant_status_conflict", .conflict, "The tenant's status does not allow it",
        "Only a tenant in use can be suspended, only a suspended one resumed, and one that is being deleted only brought back."
    )
    public static let tenantGraceOver = FailureCode(
        "tenant_grace_over", .conflict, "The tenant is past bringing back",
        "The grace of the deletion is over; the tenant's keys and rows are being destroyed.")
}
