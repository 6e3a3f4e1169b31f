public import TenonDomain

extension FailureCode {
    public static let keyEncryptionKeyMissing = FailureCode(
        "key_encryption_key_missing", .unavailable, "A key encryption key is missing",
        "A key that the data needs is not configured.")
    public static let keyEncryptionKeyWrong = FailureCode(
        "key_encryption_key_wrong", .unavailable, "A key encryption key is wrong",
        "A configured key is not the one that the data was written with.")
}
