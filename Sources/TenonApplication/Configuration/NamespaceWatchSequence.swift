public import TenonDomain

/// `for try await step in watch`: every change, until the namespace is deleted or the task is cancelled. A watch has one
/// reader.
extension NamespaceWatch: AsyncSequence {
    public typealias Failure = TenonDomain.Failure

    public struct AsyncIterator: AsyncIteratorProtocol {
        private let watch: NamespaceWatch

        fileprivate init(_ watch: NamespaceWatch) {
            self.watch = watch
        }

        /// `changes` or `reset`; nil once the namespace is deleted. Fails as `NamespaceWatch.next` does, and may be called
        /// again after `serviceUnavailable`.
        public mutating func next(isolation _: isolated (any Actor)?) async throws(TenonDomain.Failure) -> Step? {
            while true {
                let step = try await watch.next(until: .now + .seconds(3600))
                switch step {
                case .changes, .reset: return step
                case .nothing: continue
                case .ended: return nil
                }
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
