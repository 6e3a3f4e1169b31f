/// A source of unpredictable bytes. Only a cryptographically strong source may implement it.
public protocol Randomness: Sendable {
    /// New random bytes; a source that fails traps instead of returning weak ones.
    func bytes(_ count: Int) -> [UInt8]
}
