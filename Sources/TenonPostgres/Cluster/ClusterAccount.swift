import Glibc
import TenonDomain

/// A user of the operating system.
struct ClusterAccount: Sendable, Hashable {
    let user: uid_t
    let group: gid_t
    let name: String

    /// Who this process runs as, with the group it has now.
    static func own() throws(Failure) -> ClusterAccount {
        guard let account = ClusterAccount(user: geteuid()) else {
            throw .cluster(
                "The user with the id \(geteuid()) has no name (no entry in /etc/passwd), which PostgreSQL needs.")
        }
        return ClusterAccount(user: account.user, group: getegid(), name: account.name)
    }

    init(user: uid_t, group: gid_t, name: String) {
        self.user = user
        self.group = group
        self.name = name
    }

    /// Who PostgreSQL runs as: never root. What is there already decides; else it is this process's own
    /// user or, for root, `postgres` and where there is none `nobody`.
    static func forPostgres(data: ClusterFile, startedBy own: ClusterAccount) throws(Failure) -> ClusterAccount {
        let owner = data.status?.st_uid
        guard own.user == 0 else {
            if let owner, owner != own.user {
                throw .cluster("\(data.path) belongs to \(describe(owner)): run this as that user or as root.")
            }
            return own
        }
        if let owner {
            guard owner != 0 else {
                throw .cluster(
                    "\(data.path) belongs to root, and PostgreSQL never runs as root: give it another owner.")
            }
            guard let account = ClusterAccount(user: owner) else {
                throw .cluster("\(data.path) belongs to \(describe(owner)), who has no entry in /etc/passwd.")
            }
            return account
        }
        guard let account = ClusterAccount(name: "postgres") ?? ClusterAccount(name: "nobody"), account.user != 0 else {
            throw .cluster("There is neither a user postgres nor a user nobody that PostgreSQL could run as.")
        }
        return account
    }

    /// Whether the mode bits let this user pass through a folder.
    func canEnter(_ folder: stat) -> Bool {
        if folder.st_uid == user { return folder.st_mode & S_IXUSR != 0 }
        return folder.st_mode & (folder.st_gid == group ? S_IXGRP : S_IXOTH) != 0
    }

    static func describe(_ user: uid_t) -> String {
        ClusterAccount(user: user).map { "the user \($0.name)" } ?? "the user with the id \(user)"
    }

    init?(user: uid_t) {
        self.init { entry, buffer, size, found in getpwuid_r(user, entry, buffer, size, found) }
    }

    init?(name: String) {
        self.init { entry, buffer, size, found in getpwnam_r(name, entry, buffer, size, found) }
    }

    private init?(
        _ look: (
            UnsafeMutablePointer<passwd>, UnsafeMutablePointer<CChar>, Int,
            UnsafeMutablePointer<UnsafeMutablePointer<passwd>?>
        ) -> Int32
    ) {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        let account = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16_384) {
            buffer -> (uid_t, gid_t, String)? in
            guard look(&entry, buffer.baseAddress!, buffer.count, &found) == 0, found != nil else { return nil }
            return (entry.pw_uid, entry.pw_gid, String(cString: entry.pw_name))
        }
        guard let (user, group, name) = account else { return nil }
        self.user = user
        self.group = group
        self.name = name
    }
}
