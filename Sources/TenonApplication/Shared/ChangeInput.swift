public import TenonDomain

/// Which resource to change, how, and the version that it must have.
public struct ChangeInput<ID: Sendable, Change: Sendable>: Sendable {
    public let id: ID
    public let change: Change
    public let precondition: Precondition

    public init(id: ID, _ change: Change, if precondition: Precondition = .none) {
        self.id = id
        self.change = change
        self.precondition = precondition
    }
}

extension ChangeInput where Change == Void {
    public init(id: ID, if precondition: Precondition = .none) {
        self.init(id: id, (), if: precondition)
    }
}
