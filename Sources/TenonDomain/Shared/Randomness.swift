/// Where unpredictable bytes come from. Only a cryptographically strong source may implement it.
public protocol Randomness: Sendable {
    /// Fresh bytes; a source that cannot give them traps rather than answers weak ones.
    func bytes(_ count: Int) -> [UInt8]
}
