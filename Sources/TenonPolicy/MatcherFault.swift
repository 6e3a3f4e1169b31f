/// Why a matcher could not be evaluated. `PolicyEngine` describes the consequences.
package enum MatcherFault: Error, Sendable, CustomStringConvertible {
    case wrongSize(Int)
    case unknownContext
    /// The requested set of definitions has an error.
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
        case .wrongSize(let size): "a request must have \(size) values"
        case .unreadable(let fault): "the model's definitions of this set are invalid: \(fault)"
        case .unknownContext: "the model has no such set of definitions"
        case .missingMember(let name): "the member \(name) does not exist"
        case .notTruth: "a condition must be true or false"
        case .notText(let function): "the arguments of \(function) must be texts"
        case .notNumber: "arithmetic needs numbers, and '+' joins only texts with texts"
        case .notComparable: "values of different kinds have no order"
        case .notList: "the right side of 'in' must be a list"
        case .notFinite: "a calculation must have a finite result"
        case .invalidPattern(let reason): reason
        case .notAddress: "the arguments of ipMatch must be an IP address, and a second one or a network"
        case .nothingToEvaluate: "the matcher evaluates the rules' conditions, and there are no rules"
        case .tooMuchWork: "the decision exceeds the limit of steps"
        }
    }
}
