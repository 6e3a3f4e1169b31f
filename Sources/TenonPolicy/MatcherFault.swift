/// Why a matcher came to nothing: see `PolicyEngine` for what that means.
package enum MatcherFault: Error, Sendable, CustomStringConvertible {
    case wrongSize(Int)
    case unknownContext
    /// The set of definitions that is asked has a fault.
    case unreadable(String)
    case missingMember(String)
    case notTruth
    case notText(String)
    case notNumber
    case notComparable
    case notList
    case notFinite
    case invalidPattern(String)
    case notAddress
    case nothingToEvaluate
    case tooMuchWork

    /// A sentence without a full stop.
    package var description: String {
        switch self {
        case .wrongSize(let size): "a request has \(size) values here"
        case .unreadable(let fault): "the model's definitions of this set cannot be read: \(fault)"
        case .unknownContext: "the model has no such set of definitions"
        case .missingMember(let name): "there is no member \(name)"
        case .notTruth: "something that is neither true nor false stands where one is needed"
        case .notText(let function): "\(function) takes texts"
        case .notNumber: "something stands in arithmetic that is no number, or '+' joins a text and something else"
        case .notComparable: "values of different kinds have no order"
        case .notList: "'in' is asked of something that is no list"
        case .notFinite: "a calculation has no finite result"
        case .invalidPattern(let reason): reason
        case .notAddress: "ipMatch takes an IP address, and a second one or a network"
        case .nothingToEvaluate: "the matcher evaluates the rules' conditions, and there are no rules"
        case .tooMuchWork: "the decision takes more work than is allowed"
        }
    }
}
