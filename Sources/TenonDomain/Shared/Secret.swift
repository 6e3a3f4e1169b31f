/// Confidential bytes: a password, a key, a token. It prints as `<redacted>`, cannot be encoded, compares in constant
/// time, and is overwritten when its last reference is released.
public struct Secret: Sendable {
    private let storage: Storage

    public init(_ bytes: some Collection<UInt8>) {
        storage = Storage(bytes)
    }

    public init(_ text: String) {
        self.init(text.utf8)
    }

    public var count: Int { storage.buffer.count }

    /// Lends the bytes for the duration of the call; do not keep copies without need.
    public func withBytes<Result, E: Error>(
        _ body: (UnsafeRawBufferPointer) throws(E) -> Result
    ) throws(E) -> Result {
        try body(UnsafeRawBufferPointer(storage.buffer))
    }

    /// The only way to get the text, with a name that is noticed in reviews.
    public func revealedText() -> String {
        String(decoding: storage.buffer, as: UTF8.self)
    }

    /// Owns the memory and wipes it.
    private final class Storage: Sendable {
        nonisolated(unsafe) let buffer: UnsafeMutableBufferPointer<UInt8>

        init(_ bytes: some Collection<UInt8>) {
            buffer = .allocate(capacity: bytes.count)
            _ = buffer.initialize(fromContentsOf: bytes)
        }

        deinit {
            // A volatile-like write: the optimiser may not drop a store through an escaped pointer
            // before `deallocate`, which it treats as opaque.
            buffer.update(repeating: 0)
            buffer.deallocate()
        }
    }
}

extension Secret: Equatable {
    /// Takes the same time for any two secrets of one length.
    public static func == (left: Secret, right: Secret) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in 0..<left.count {
            difference |= left.storage.buffer[index] ^ right.storage.buffer[index]
        }
        return difference == 0
    }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "<redacted>" }
    public var debugDescription: String { "<redacted>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
