extension JSONValue {
    /// Applies a JSON Merge Patch (RFC 7396): members of the patch replace those with the same name, or delete them if
    /// they are `null`, objects recursively; a patch that is not an object replaces the value. Recurses as deep as the
    /// patch, whose depth its parser limits.
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
