extension JSONValue {
    /// The value with a JSON Merge Patch (RFC 7396) applied: members of the patch replace or, where they are `null`,
    /// remove those of the same name, objects member by member; a patch that is no object replaces all. As deep as
    /// the patch, whose depth its parser bounds.
    public func merging(_ patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        let current = objectValue ?? JSONObject()
        var result = JSONObject()
        for (name, value) in current {
            switch changes[name] {
            case nil: result[name] = value
            case .null?: break
            case let change?: result[name] = value.merging(change)
            }
        }
        for (name, change) in changes where !change.isNull && current[name] == nil {
            result[name] = JSONValue.null.merging(change)
        }
        return .object(result)
    }
}
