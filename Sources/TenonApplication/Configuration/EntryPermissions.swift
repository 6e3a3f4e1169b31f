internal import TenonDomain

extension PermissionCheck {
    /// With the permission to read secrets: whether the caller may see the entry's value if it is a secret.
    func shows(_ entry: ConfigEntry) throws(Failure) -> Bool {
        guard entry.isSecret else { return true }
        return try passes(entry)
    }

    /// The same for both states of an entry.
    func shows(_ entry: ConfigEntry, and other: ConfigEntry?) throws(Failure) -> Bool {
        guard try shows(entry) else { return false }
        guard let other else { return true }
        return try shows(other)
    }

    /// Whether the caller may access both states of an entry.
    func passes(_ entry: ConfigEntry, and other: ConfigEntry?) throws(Failure) -> Bool {
        guard try passes(entry) else { return false }
        guard let other else { return true }
        return try passes(other)
    }
}
