import Glibc
import TenonDomain

/// Makes a new cluster. It is made under another name and renamed when it is complete, database
/// included: whatever has the final name can be started.
struct ClusterInitialization: Sendable {
    let folder: ClusterFolder
    let programs: ClusterPrograms
    let binaries: ClusterBinaries
    /// Whether all of it is synced to disk before it gets its name.
    let isDurable: Bool

    func run() throws(Failure) {
        let unfinished = folder.unfinished
        try unfinished.makeFolder(mode: 0o700, owner: programs.account)
        do throws(Failure) {
            try initialize(unfinished)
            try writeAccess(to: unfinished)
            try createDatabase(in: unfinished)
            if isDurable { try unfinished.synchronize() }
            guard rename(unfinished.path, folder.data.path) == 0 else {
                throw .cluster("\(unfinished.path) cannot be renamed", errno: errno)
            }
            if isDurable { try folder.root.synchronize() }
        } catch {
            try? unfinished.remove()
            throw error
        }
    }

    private func initialize(_ data: ClusterFile) throws(Failure) {
        // Collation by code point is the fastest and doesn't change with the C library, unlike all others.
        var arguments = [
            "--pgdata=\(data.path)", "--username=\(ClusterConnection.ownName)", "--auth=peer", "--encoding=UTF8",
            "--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C", "--lc-monetary=C", "--lc-numeric=C",
            "--lc-time=C", "--data-checksums", "--no-instructions",
        ]
        if !isDurable { arguments.append("--no-sync") }
        try programs.run("PostgreSQL could not make a new cluster in \(data.path)", binaries.initdb, arguments)
    }

    /// Who may connect: the kernel says who is at the other end of the socket, so there is no password
    /// to lose. Nobody else even reaches the socket.
    private func writeAccess(to data: ClusterFile) throws(Failure) {
        let name = ClusterConnection.ownName
        let rule =
            "# Written by tenon: root and PostgreSQL's own user, by the socket.\nlocal all \(name) peer map=\(name)\n"
        let quoted = "\"" + programs.account.name.split(separator: "\"").joined(separator: "\"\"") + "\""
        let map = "\(name) root \(name)\n\(name) \(quoted) \(name)\n"
        try data.appending("pg_hba.conf").replace(with: Array(rule.utf8), owner: programs.account)
        try data.appending("pg_ident.conf").replace(with: Array(map.utf8), owner: programs.account)
    }

    private func createDatabase(in data: ClusterFile) throws(Failure) {
        let durability = isDurable ? [] : ["-F"]
        try programs.run(
            "PostgreSQL could not make its database", binaries.postgres,
            ["--single", "-D", data.path] + durability + ["postgres"],
            input: "CREATE DATABASE \(ClusterConnection.ownName)\n")
    }
}
