internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

extension EndpointRequest {
    /// The captured `{policy_id}`.
    var policyID: PolicyID {
        get throws(Failure) { try path("policy_id", orFail: .policyNotFound) { PolicyID($0) } }
    }

    /// The captured `{role}`.
    var role: Role {
        get throws(Failure) {
            try path("role", orFail: .roleNotFound) { text throws(Violation) in try Role(text) }
        }
    }
}
