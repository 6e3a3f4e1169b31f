internal import Synchronization
internal import TenonDomain

/// The page on a document, made when somebody asks for it first: it takes longer than all else that a start does.
final class ReferenceText: Sendable {
    private let document: JSONObject
    private let made = Mutex<String?>(nil)

    init(_ document: JSONObject) {
        self.document = document
    }

    var html: String {
        made.withLock { made in
            if let made { return made }
            let html = ReferencePage(.object(document)).html
            made = html
            return html
        }
    }
}
