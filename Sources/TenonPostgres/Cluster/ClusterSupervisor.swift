import Glibc
import TenonDomain
import TenonKit

/// The thread that keeps a cluster, from the lock on its folder to its release. Everything here blocks.
struct ClusterSupervisor: Sendable {
    let settings: EmbeddedClusterSettings
    let control: ClusterControl
    let report: @Sendable (EmbeddedClusterEvent) -> Void
    let started: ClusterPromise<Result<ClusterConnection, Failure>>
    /// Whether other processes that use this cluster are let to finish before it stops.
    let waitsForUsers: Bool

    /// A server that lived this long was well.
    private static let healthyLife = Duration.seconds(30)

    func run() {
        var failure: Failure?
        do throws(Failure) {
            let own = try ClusterAccount.own()
            let folder = try ClusterFolder.prepare(settings.dataFolder, own: own)
            let lock = try takeLock(folder)
            lock.sign()
            do throws(Failure) { try keep(folder, own: own) } catch { failure = error }
            lock.release()
        } catch {
            failure = error
        }
        // After the lock is free, so that whoever hears of it may try again.
        if let failure { started.fulfil(.failure(failure)) }
    }

    private func takeLock(_ folder: ClusterFolder) throws(Failure) -> ClusterLock {
        // Whoever only looks for a running cluster holds the lock for an instant.
        for _ in 0..<10 {
            if let lock = try ClusterLock(folder.lock, .exclusive) { return lock }
            control.wait(.milliseconds(10))
        }
        throw ClusterLock.taken(folder)
    }

    private func keep(_ folder: ClusterFolder, own: ClusterAccount) throws(Failure) {
        let account = try ClusterAccount.forPostgres(data: folder.data, startedBy: own)
        if own.user == 0 { try folder.verifyAccess(for: account) }
        let programs = ClusterPrograms(folder: folder, account: account, control: control)
        try clearLeftovers(folder, account: account)
        // Made by its owner, so that root, who may visit, doesn't make it as a file of root's.
        try ClusterLock(folder.users, .shared)?.release()
        let binaries = try ClusterBinaries.find(settings, for: try version(of: folder.data)) {
            programs.version(of: $0)
        }
        if !folder.data.isThere { try initialize(folder, programs, binaries) }

        let socketFolder = try ClusterSocketFolder.make(in: settings.socketParent, owner: account)
        defer {
            unlink(folder.description.path)
            socketFolder.remove()
        }
        let postmaster = ClusterPostmaster(
            folder: folder, programs: programs, binaries: binaries, settings: settings, control: control,
            report: report)

        func launch() throws(Failure) -> ClusterChild {
            let processes = processes(folder, account)
            try processes.stop(control, patience: settings.stopDeadline, report: report)
            PostmasterFile.removeForeign(processes)
            try socketFolder.renew(owner: account)
            let child = try postmaster.start(socketFolder: socketFolder.folder)
            let connection = ClusterConnection(
                socketFolder: socketFolder.folder.path, postmasterProcess: child.process, serviceProcess: getpid())
            do throws(Failure) {
                try folder.description.replace(with: connection.json, owner: own)
            } catch {
                postmaster.stop(child)
                throw error
            }
            started.fulfil(.success(connection))
            return child
        }

        var child = try launch()
        var backOff = BackOff(.milliseconds(100)...(.seconds(5)), jitter: 0, startsAtOnce: true)
        while true {
            let began = ContinuousClock.now
            while child.exit == nil && !control.shouldStop { control.wait() }
            if control.shouldStop { break }
            report(.postmasterDied(process: child.process, how: "\(child.exit!)"))
            if ContinuousClock.now - began >= Self.healthyLife { backOff.reset() }
            guard let next = restart(&backOff, launch) else { break }
            child = next
        }
        let users = waitsForUsers ? waitForUsers(folder) : nil
        unlink(folder.description.path)
        if child.exit == nil { postmaster.stop(child) }
        users?.release()
        report(.stopped)
    }

    /// Tries until it succeeds, or nil where the end is wished for.
    private func restart(
        _ backOff: inout BackOff, _ launch: () throws(Failure) -> ClusterChild
    ) -> ClusterChild? {
        while true {
            let delay = backOff.next()
            report(.restarting(after: delay))
            let end = ContinuousClock.now + delay
            while !control.shouldStop && ContinuousClock.now < end { control.wait(end - ContinuousClock.now) }
            if control.shouldStop { return nil }
            do throws(Failure) { return try launch() } catch {
                if !control.shouldStop { report(.restartFailed(reason: error.detail)) }
            }
        }
    }

    private func initialize(
        _ folder: ClusterFolder, _ programs: ClusterPrograms, _ binaries: ClusterBinaries
    ) throws(Failure) {
        report(.initializing(folder: folder.data.path))
        let began = ContinuousClock.now
        try ClusterInitialization(
            folder: folder, programs: programs, binaries: binaries, isDurable: settings.durableInitialization
        ).run()
        report(.initialized(took: ContinuousClock.now - began))
    }

    /// Removes what a run left that ended without a chance to do so itself.
    private func clearLeftovers(_ folder: ClusterFolder, account: ClusterAccount) throws(Failure) {
        if folder.unfinished.isThere {
            report(.removingLeftovers(folder: folder.unfinished.path))
            try ClusterProcesses(data: folder.unfinished, clusterName: folder.clusterName, account: account)
                .stop(control, patience: .zero, report: report)
            try folder.unfinished.remove()
        }
        try processes(folder, account).stop(control, patience: settings.stopDeadline, report: report)
        if let old = folder.description.read().flatMap(ClusterConnection.init(json:)) {
            ClusterSocketFolder.leftBehind(old.socketFolder, parent: settings.socketParent, owner: account)?.remove()
            unlink(folder.description.path)
        }
    }

    private func processes(_ folder: ClusterFolder, _ account: ClusterAccount) -> ClusterProcesses {
        ClusterProcesses(data: folder.data, clusterName: folder.clusterName, account: account)
    }

    /// The major version that made the data; nil where there is none yet.
    private func version(of data: ClusterFile) throws(Failure) -> Int? {
        guard let status = data.status else { return nil }
        guard status.isFolder, let line = data.appending("PG_VERSION").lines()?.first, let version = Int(line) else {
            throw .cluster("\(data.path) is there, but is no PostgreSQL data folder: move it away.")
        }
        return version
    }

    private func waitForUsers(_ folder: ClusterFolder) -> ClusterLock? {
        while true {
            do throws(Failure) {
                if let lock = try ClusterLock(folder.users, .exclusive) { return lock }
            } catch {
                return nil
            }
            usleep(10_000)
        }
    }
}
