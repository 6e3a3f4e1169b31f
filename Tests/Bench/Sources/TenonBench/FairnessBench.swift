internal import Foundation

/// What one client's attacks cost the others. Each attack has a service of its own on one data folder: another tenant
/// reads and writes, and users log in and refresh, first without the attack and then with it.
struct FairnessBench {
    let folder: String
    let seconds: Int

    private static let port = 18_141
    private static let maxPeak = 400
    private static let maxAfterwards = 150
    private static let maxRatio = 10.0
    private static let maxProcessor = 50

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var isMet = true
        for attack in Attack.all {
            defer { fflush(nil) }
            do { isMet = try measure(attack) && isMet } catch {
                print("\(attack.name): failed: \(error)")
                isMet = false
            }
        }
        guard isMet else { throw Shell.Failed(description: "a bound was missed") }
    }

    /// Whether all bounds were kept.
    private func measure(_ attack: Attack) throws -> Bool {
        var environment = ["TENON_SSO_PRIVATE_ISSUERS": "true"]
        if attack.isSecure {
            (environment["TLS_CERTIFICATE"], environment["TLS_KEY"]) = try Shell.certificate(in: folder)
        }
        let tenon = try Served(
            ["serve", "--data-dir", folder], port: Self.port, environment: environment, isSecure: attack.isSecure)
        defer { tenon.stop() }
        if attack.isSecure { try tenon.waitForTLS() } else { try tenon.waitFor("/health/ready") }
        let others = Others(served: tenon, folder: folder, session: try Session(tenon))
        let begin = try attack.prepare(tenon, try Session(tenon), folder)

        let idle = try others.measure(seconds: seconds, try others.refreshToken())
        let token = try others.refreshToken()
        let quiet = try processor(of: tenon)
        let stop = try begin()
        let busy: Others.Outcome
        do { busy = try others.measure(seconds: seconds, token) } catch {
            _ = stop()
            throw error
        }
        let attempts = stop()
        let spent = try max(0, processor(of: tenon) - quiet)
        // What was held for clients that are gone is given back when their connections end.
        usleep(5_000_000)
        return report(
            attack, idle, busy, peak: try tenon.peakMegabytes(), after: try tenon.residentMegabytes(), spent, attempts)
    }

    /// Milliseconds of CPU in the two seconds that follow.
    private func processor(of tenon: Served) throws -> Int {
        let before = try tenon.processorMilliseconds()
        usleep(2_000_000)
        return try tenon.processorMilliseconds() - before
    }

    private func report(
        _ attack: Attack, _ idle: Others.Outcome, _ busy: Others.Outcome, peak: Int, after: Int, _ spent: Int,
        _ attempts: String
    ) -> Bool {
        var isMet = true
        func verdict(_ isGood: Bool) -> String {
            isMet = isMet && isGood
            return isGood ? "met" : "MISSED"
        }
        print("\(attack.name) (\(attempts))")
        print(
            "  memory: peak \(peak) MB (under \(Self.maxPeak): \(verdict(peak < Self.maxPeak))), "
                + "afterwards \(after) MB (under \(Self.maxAfterwards): \(verdict(after < Self.maxAfterwards)))")
        for (name, before, now) in [
            ("cached read", idle.cachedRead, busy.cachedRead), ("stored read", idle.storedRead, busy.storedRead),
            ("small write", idle.write, busy.write),
        ] {
            let ratio = now.p99 / before.p99
            let refused = now.refused == 0 ? "" : ", \(now.refused) refused"
            print(
                "  another tenant's \(name): p99 \(before.p99.hundredths) ms, under attack \(now.p99.hundredths) ms, "
                    + "ratio \(ratio.hundredths)\(refused) "
                    + "(at most \(Self.maxRatio.hundredths): \(verdict(ratio <= Self.maxRatio && now.refused == 0)))")
        }
        print(
            "  refused: \(busy.login.refused) logins, \(busy.refresh.refused) refreshes "
                + "(none: \(verdict(busy.login.refused + busy.refresh.refused == 0)))")
        // Requests that were under way together are counted as one client's.
        let bound = Self.maxProcessor * max(1, attack.clients)
        print("  CPU after \(attack.clients) clients are gone: \(spent) ms (under \(bound): \(verdict(spent < bound)))")
        return isMet
    }
}
