internal import TenonDomain
internal import TenonHTTPServer

extension EndpointRequest {
    /// The query parameter `comment` of operations without a body.
    var comment: ChangeComment? {
        get throws(Failure) {
            try query.value("comment")
        }
    }
}
