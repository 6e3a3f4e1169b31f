public import TenonDomain
public import TenonKit

/// The subject of a question: `user:usr_…`, `key:key_…` or `role:admin`.
public enum SubjectName: Sendable, Hashable {
    case user(UserID)
    case key(APIKeyID)
    case role(Role)

    public init(_ text: String) throws(Violation) {
        let halves = text.split(separator: ":", maxSplits: 1).map(String.init)
        if halves.count == 2, halves[0] == "user", let id = UserID(halves[1]) {
            self = .user(id)
        } else if halves.count == 2, halves[0] == "key", let id = APIKeyID(halves[1]) {
            self = .key(id)
        } else if halves.count == 2, halves[0] == "role", let role = try? Role(halves[1]) {
            self = .role(role)
        } else {
            throw Violation(
                code: "invalid_subject", detail: "must be user:usr_…, key:key_… or role: and the name of a role")
        }
    }

    /// The subject as stored, at that time. Fails with `userNotFound` or `apiKeyNotFound`.
    func asked(in stores: any HasUsers & HasAPIKeys, at time: Timestamp) async throws(Failure) -> AskedSubject {
        switch self {
        case .role(let role): return AskedSubject(role)
        case .user(let id):
            guard let user = try await stores.users.user(id) else { throw .noUser }
            return AskedSubject(user)
        case .key(let id): return AskedSubject(try await stores.apiKeys.key(id), at: time)
        }
    }
}
