internal import TenonPolicy

/// Who asks, what it may do, and where the request came from. Handed down, never looked up.
public struct Caller: Sendable {
    public let principal: Principal
    public let origin: Origin
    /// What memory holds of the tenant; nil for callers that no request brought.
    public let access: TenantAccess?
    /// What the request may still cost.
    public private(set) var budget = RequestBudget.unlimited
    /// Nil for callers that no request brought, and for requests that take no place.
    private(set) var place: (any RunningPlace)?

    public init(_ principal: Principal, from origin: Origin, access: TenantAccess? = nil) {
        self.principal = principal
        self.origin = origin
        self.access = access
    }

    /// The same caller, whose work is charged to the budget.
    public func charging(_ budget: RequestBudget) -> Caller {
        var caller = self
        caller.budget = budget
        return caller
    }

    /// The same caller, which has the place.
    public func holding(_ place: (any RunningPlace)?) -> Caller {
        var caller = self
        caller.place = place
        return caller
    }

    /// The tenant whose rows the caller works on; the platform for its administrators; nil where nobody
    /// has signed in.
    public var tenant: TenantID? { principal.tenant }

    /// The tenant, or `notAuthenticated`.
    public func requireTenant() throws(Failure) -> TenantID {
        guard let tenant else {
            throw Failure(.notAuthenticated, "Sign in first.")
        }
        return tenant
    }

    /// The user that has signed in, of a tenant or of the platform; else `permissionDenied`.
    public func requireUser() throws(Failure) -> SignedInUser {
        switch principal {
        case .user(let user), .platformAdministrator(let user): return user
        case .anonymous: throw Failure(.notAuthenticated, "Sign in first.")
        case .apiKey, .system: throw Failure(.permissionDenied, "Only a user who has signed in does this.")
        }
    }

    /// Passes for a job of the platform itself, which only the operator's command line is; else `permissionDenied`.
    public func requireOperator() throws(Failure) {
        guard case .system(_, .platform) = principal else {
            throw Failure(.permissionDenied, "Only the operator's command line does this.")
        }
    }

    /// How the caller stands in audit records and as an author: `usr_…`, `key_…`, `system:relay`, `anonymous`.
    public var subject: String {
        switch principal {
        case .anonymous: "anonymous"
        case .user(let user): user.id.description
        case .apiKey(let key): key.id.description
        case .platformAdministrator(let administrator): administrator.id.description
        case .system(let job, _): "system:\(job)"
        }
    }
}

/// The kinds of callers there are.
public enum Principal: Sendable, Equatable {
    case anonymous
    /// A user of a tenant, signed in.
    case user(SignedInUser)
    /// A program of a tenant.
    case apiKey(APIKeyPrincipal)
    /// A user of the platform itself; sees tenants, plans, quotas and health, never a tenant's values.
    case platformAdministrator(SignedInUser)
    /// A job of ours that works for one tenant.
    case system(job: String, tenant: TenantID)

    /// See `Caller.tenant`.
    public var tenant: TenantID? {
        switch self {
        case .anonymous: nil
        case .user(let user): user.tenant
        case .apiKey(let key): key.tenant
        case .platformAdministrator: .platform
        case .system(_, let tenant): tenant
        }
    }

    public init(_ claims: AccessClaims) {
        let user = SignedInUser(
            id: claims.subject, tenant: claims.tenant, session: claims.session, roles: claims.roles)
        self = claims.tenant == .platform ? .platformAdministrator(user) : .user(user)
    }
}

/// What a valid access token proves.
public struct SignedInUser: Sendable, Equatable {
    public let id: UserID
    public let tenant: TenantID
    public let session: SessionID
    public let roles: Set<Role>

    public init(id: UserID, tenant: TenantID, session: SessionID, roles: Set<Role>) {
        self.id = id
        self.tenant = tenant
        self.session = session
        self.roles = roles
    }
}

/// Where a request came from, for audit records, sessions and logs.
public struct Origin: Sendable, Equatable {
    /// The peer's IP address without a port.
    public let address: String?
    /// At most 512 bytes of what the client calls itself.
    public let userAgent: String?
    /// Given by the client or made at the edge.
    public let requestID: String
    /// 32 hexadecimal digits (W3C Trace Context); nil for work that no request asked for.
    public let traceID: String?

    public init(address: String? = nil, userAgent: String? = nil, requestID: String, traceID: String? = nil) {
        self.address = address
        self.userAgent = userAgent
        self.requestID = requestID
        self.traceID = traceID
    }
}
