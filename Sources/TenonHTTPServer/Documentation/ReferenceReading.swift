internal import TenonDomain
internal import TenonKit

/// How the reference page reads a document: what is missing, or is of another kind than OpenAPI wants, counts as
/// empty, so that a page comes of any document.
extension JSONValue {
    func members(of name: String) -> JSONObject { self[name]?.objectValue ?? JSONObject() }
    func elements(of name: String) -> [JSONValue] { self[name]?.arrayValue ?? [] }
    func text(of name: String) -> String { self[name]?.stringValue ?? "" }
}
