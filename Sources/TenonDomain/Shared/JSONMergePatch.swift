extension JSONValue {
    public func merging(_ patch: JSONValue) -> JSONValue { patch }
}
