package import TenonDomain

extension EndpointRequest {
    /// The condition of `If-Match` and `If-None-Match` on the state to change. A version is the same whether masked or
    /// not.
    package var precondition: Precondition {
        if ifNoneMatch.contains(where: { EntityTag.items($0).contains("*") }) { return .absent }
        guard !ifMatch.isEmpty else { return .none }
        let tags = ifMatch.flatMap(EntityTag.items)
        return tags.contains("*") ? .present : .versions(Set(tags.compactMap(EntityTag.version)))
    }
}

extension EntityTag {
    /// The version in the text of a tag that `init(version:variant:)` created; nil for any other.
    fileprivate static func version(_ text: String) -> Int64? {
        guard text.count > 2, text.hasPrefix("\""), text.hasSuffix("\"") else { return nil }
        return Int64(text.dropFirst().dropLast().prefix { $0 != "-" })
    }
}
