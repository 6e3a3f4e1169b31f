internal import COpenSSL
internal import Synchronization
internal import TenonDomain

/// AES-256-GCM (SP 800-38D) with one key, 96-bit nonces and 128-bit tags. Contexts with the expanded key are reused;
/// each is used by one call at a time.
final class AES256GCM: Sendable {
    static let nonceLength = 12
    static let tagLength = 16

    private struct Contexts: @unchecked Sendable {
        var free: [OpaquePointer] = []
    }

    private let key: Secret
    private let contexts = Mutex(Contexts())

    /// `key` has 32 bytes.
    init(_ key: Secret) {
        precondition(key.count == 32, "an AES-256 key has 32 bytes")
        self.key = key
    }

    deinit {
        contexts.withLock { for context in $0.free { EVP_CIPHER_CTX_free(context) } }
    }

    /// The ciphertext and its tag.
    func seal(_ plaintext: [UInt8], nonce: [UInt8], aad: [UInt8]) -> [UInt8] {
        precondition(nonce.count == Self.nonceLength, "a nonce has 96 bits")
        return withContext { context in
            [UInt8](unsafeUninitializedCapacity: plaintext.count + Self.tagLength) { output, initialized in
                var count: Int32 = 0
                var isDone = EVP_CipherInit_ex(context, nil, nil, nil, nonce, 1) == 1
                isDone = isDone && EVP_CipherUpdate(context, nil, &count, aad, Int32(aad.count)) == 1
                isDone =
                    isDone
                    && EVP_CipherUpdate(context, output.baseAddress, &count, plaintext, Int32(plaintext.count)) == 1
                isDone = isDone && EVP_CipherFinal_ex(context, output.baseAddress! + plaintext.count, &count) == 1
                isDone =
                    isDone
                    && EVP_CIPHER_CTX_ctrl(
                        context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength), output.baseAddress! + plaintext.count)
                        == 1
                precondition(isDone, "AES-256-GCM failed")
                initialized = plaintext.count + Self.tagLength
            }
        }
    }

    /// The plaintext; nil if a bit of ciphertext, tag, nonce or AAD differs.
    func open(_ sealed: ArraySlice<UInt8>, nonce: ArraySlice<UInt8>, aad: [UInt8]) -> [UInt8]? {
        let length = sealed.count - Self.tagLength
        guard length >= 0, nonce.count == Self.nonceLength else { return nil }
        var isAuthentic = false
        let plaintext = withContext { context in
            sealed.withUnsafeBufferPointer { sealed in
                nonce.withUnsafeBufferPointer { nonce in
                    [UInt8](unsafeUninitializedCapacity: max(1, length)) { output, initialized in
                        var count: Int32 = 0
                        let tag = UnsafeMutableRawPointer(mutating: sealed.baseAddress! + length)
                        isAuthentic =
                            EVP_CipherInit_ex(context, nil, nil, nil, nonce.baseAddress, 0) == 1
                            && EVP_CipherUpdate(context, nil, &count, aad, Int32(aad.count)) == 1
                            && EVP_CipherUpdate(
                                context, output.baseAddress, &count, sealed.baseAddress, Int32(length)) == 1
                            && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagLength), tag) == 1
                            && EVP_CipherFinal_ex(context, output.baseAddress! + length, &count) == 1
                        initialized = length
                    }
                }
            }
        }
        return isAuthentic ? plaintext : nil
    }

    private func withContext<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        let kept = contexts.withLock { Handle(pointer: $0.free.popLast()) }
        let context = kept.pointer ?? makeContext()
        defer {
            let handle = Handle(pointer: context)
            contexts.withLock { contexts in
                if let pointer = handle.pointer { contexts.free.append(pointer) }
            }
        }
        return body(context)
    }

    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer?
    }

    private func makeContext() -> OpaquePointer {
        guard let context = EVP_CIPHER_CTX_new() else { preconditionFailure("out of memory") }
        let isReady = key.withBytes { key in
            EVP_CipherInit_ex(
                context, EVP_aes_256_gcm(), nil, key.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, 1)
        }
        precondition(isReady == 1, "no AES-256-GCM")
        return context
    }
}
