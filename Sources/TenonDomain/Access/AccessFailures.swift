extension FailureCode {
    public static let roleNotFound = FailureCode(
        "role_not_found", .notFound, "No such role",
        "The tenant has no role with this name, and no built-in role has it.")
    public static let roleNameTaken = FailureCode(
        "role_name_taken", .conflict, "A role with this name exists",
        "The tenant or Tenon itself already has a role with this name. Choose another name.")
    public static let roleBuiltIn = FailureCode(
        "role_built_in", .conflict, "The role is built in",
        "Built-in roles cannot be changed or deleted. Create a role that inherits it, and change that one.")
    public static let roleInUse = FailureCode(
        "role_in_use", .conflict, "The role is in use",
        "Users have it, other roles inherit it, or a single sign-on connection grants it. Remove it from them first.")
    public static let tooManyRoles = FailureCode(
        "too_many_roles", .conflict, "The tenant has too many roles",
        "A tenant can have at most 200 roles of its own. Delete one first.")
    public static let policyNotFound = FailureCode(
        "policy_not_found", .notFound, "No such policy",
        "The policy does not exist in the caller's tenant.")
    public static let policyNameTaken = FailureCode(
        "policy_name_taken", .conflict, "A policy with this name exists",
        "The tenant already has a policy with this name. Choose another name.")
    public static let tooManyPolicies = FailureCode(
        "too_many_policies", .conflict, "The tenant has too many policies",
        "A tenant can have at most 100 policies. Delete one first.")
    public static let policyInterference = FailureCode(
        "policy_interference", .conflict, "The change makes another policy or role invalid",
        "The requested change conflicts with an existing policy or role; the detail names the location.")
}

extension EventKind {
    public static let roleCreated = EventKind("access.role_created")
    public static let roleChanged = EventKind("access.role_changed")
    public static let roleRemoved = EventKind("access.role_removed")
    public static let policyCreated = EventKind("access.policy_created")
    public static let policyChanged = EventKind("access.policy_changed")
    public static let policyRemoved = EventKind("access.policy_removed")
}
