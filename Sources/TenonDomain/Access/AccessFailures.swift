extension FailureCode {
    public static let roleNotFound = FailureCode(
        "role_not_found", .notFound, "No such role",
        "The tenant has no role of this name, and it is none of the built-in ones.")
    public static let roleNameTaken = FailureCode(
        "role_name_taken", .conflict, "A role of this name exists",
        "The tenant has a role of this name already, or it is the name of a built-in one.")
    public static let roleBuiltIn = FailureCode(
        "role_built_in", .conflict, "The role is built in",
        "The built-in roles are the same everywhere. Make a role that inherits it, and change that.")
    public static let roleInUse = FailureCode(
        "role_in_use", .conflict, "The role is in use",
        "Users have it, other roles inherit it, or a single sign-on connection gives it. Take it from them first.")
    public static let tooManyRoles = FailureCode(
        "too_many_roles", .conflict, "The tenant has too many roles",
        "A tenant has at most 200 roles of its own.")
    public static let policyNotFound = FailureCode(
        "policy_not_found", .notFound, "No such policy",
        "There is no such policy, or it is another tenant's.")
    public static let policyNameTaken = FailureCode(
        "policy_name_taken", .conflict, "A policy of this name exists",
        "The tenant has a policy of this name already.")
    public static let tooManyPolicies = FailureCode(
        "too_many_policies", .conflict, "The tenant has too many policies",
        "A tenant has at most 100 policies.")
    public static let policyInterference = FailureCode(
        "policy_interference", .conflict, "The change makes another policy or role invalid",
        "What stands and what is asked for cannot be in force together; the detail says where.")
}

extension EventKind {
    public static let roleCreated = EventKind("access.role_created")
    public static let roleChanged = EventKind("access.role_changed")
    public static let roleRemoved = EventKind("access.role_removed")
    public static let policyCreated = EventKind("access.policy_created")
    public static let policyChanged = EventKind("access.policy_changed")
    public static let policyRemoved = EventKind("access.policy_removed")
}
