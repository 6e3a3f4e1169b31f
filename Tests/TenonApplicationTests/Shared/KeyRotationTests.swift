import Synchronization
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonApplication

@Suite struct KeyRotationTests {
    @Test("values from before, during and after a rotation are readable, and the old version is gone")
    func rotateDataKey() async throws {
        let fixture = try await KeyRotationFixture()
        for number in 0..<70 { try await fixture.store("before_\(number)") }
        // A process that opened the old key just now, and writes with it until it looks again.
        let other = EnvelopeSealer(
            keks: fixture.both, dataKeys: MemoryKeys(fixture.memory), randomness: fixture.randomness,
            clock: fixture.clock)
        try await fixture.store("warm", by: other)
        let seen = Mutex<[RotationProgress]>([])
        let pauses = Mutex<[Duration]>([])
        let output = try await fixture.rotateDataKey.execute(
            fixture.tenant.id, as: fixture.operatorCaller,
            pause: { duration throws(Failure) in
                if pauses.withLock({ $0.isEmpty }) {
                    do { try await fixture.store("during", by: other) } catch { Issue.record(error) }
                }
                pauses.withLock { $0.append(duration) }
                fixture.clock.advance(by: duration)
            }, progress: { progress in seen.withLock { $0.append(progress) } })
        #expect(output == .init(version: 2, resealed: 72, unreadable: 0, removed: [1], remaining: []))
        #expect(pauses.withLock { $0 } == [RotateDataKey.standardGrace, WrappedDataKey.openedLifetime])
        #expect(seen.withLock { $0.first } == RotationProgress(done: 0, total: 71))
        #expect(seen.withLock { $0.last } == RotationProgress(done: 72, total: 72))
        #expect(try await fixture.versions() == [2])
        try await fixture.store("after", by: other)
        for key in ["before_0", "before_69", "warm", "during", "after"] {
            #expect(try await fixture.value(key, fixture.both) == .string("value of \(key)"), "\(key)")
        }
        #expect(
            fixture.memory.auditRecords.filter { $0.action.hasPrefix("keys.") }.map(\.action) == [
                "keys.data_key_added", "keys.data_keys_removed",
            ])
        #expect(fixture.memory.auditRecords.last { $0.action.hasPrefix("keys.") }?.tenant == fixture.tenant.id)
    }

    @Test("a rotation that was ended at any point goes on where it was, with the version that it had begun")
    func resume() async throws {
        for lastPage in 0..<4 {
            let fixture = try await KeyRotationFixture()
            for number in 0..<70 { try await fixture.store("key_\(number)") }
            let left = Countdown(lastPage)
            let ended = await withTaskGroup(of: Bool.self) { group in
                group.addTask {
                    let failure = await failure { () throws(Failure) in
                        try await fixture.rotateDataKey.execute(
                            fixture.tenant.id, as: fixture.operatorCaller,
                            pause: { _ throws(Failure) in throw Failure(.cancelled, "killed") },
                            progress: { _ in if left.isOver() { withUnsafeCurrentTask { $0?.cancel() } } })
                    }
                    return failure != nil
                }
                return await group.next() ?? false
            }
            #expect(ended)
            #expect(try await fixture.versions() == [1, 2])
            let status = try await fixture.status.execute(as: fixture.operatorCaller)
            #expect(status.betweenVersionsTotal == 1)
            #expect(status.tenantsBetweenVersions.first?.slug?.text == "acme")
            #expect(status.tenantsBetweenVersions.first?.olderCells != nil)
            let away = try await fixture.status(AwayCells()).execute(as: fixture.operatorCaller)
            #expect(away.tenantsBetweenVersions.map(\.versions) == [[1, 2]])
            #expect(away.tenantsBetweenVersions.first?.olderCells == nil)
            let output = try await rotate(fixture)
            #expect(output.version == 2)
            #expect(output.removed == [1])
            #expect(try await fixture.value("key_33", fixture.both) == "value of key_33")
        }
    }

    private func rotate(_ fixture: KeyRotationFixture) async throws(Failure) -> RotateDataKey.Output {
        try await fixture.rotateDataKey.execute(
            fixture.tenant.id, as: fixture.operatorCaller,
            pause: { duration throws(Failure) in fixture.clock.advance(by: duration) }, progress: { _ in })
    }

    @Test("a value whose row was changed is counted, keeps its key, and hinders no other")
    func unreadable() async throws {
        let fixture = try await KeyRotationFixture()
        for number in 0..<40 { try await fixture.store("key_\(number)") }
        let cells = MemorySealedCells(fixture.memory)
        let cell = try #require(
            try await cells.cells(of: fixture.tenant.id, in: .configVersions, olderThan: 2, after: nil, limit: 1).first)
        var bytes = cell.sealed.bytes
        bytes[20] ^= 1
        _ = try await cells.replace([(cell, SealedBytes(bytes))], of: fixture.tenant.id, in: .configVersions)
        let output = try await rotate(fixture)
        #expect(output == .init(version: 2, resealed: 39, unreadable: 1, removed: [], remaining: [1]))
        #expect(try await fixture.versions() == [1, 2])
    }

    @Test("after the KEK was rotated everything opens under the new one alone; again there is nothing to do")
    func rotateKEK() async throws {
        let fixture = try await KeyRotationFixture()
        try await fixture.store("key")
        let before = try await fixture.open(fixture.old)
        let ticket = RefreshTicket(tenant: fixture.tenant.id, session: fixture.ids.next(), counter: 1)
        let refresh = before.refreshTokens.issue(ticket)
        let claims = AccessClaims(
            subject: fixture.ids.next(), tenant: fixture.tenant.id, session: ticket.session, roles: [.owner],
            userVersion: 1,
            issuedAt: fixture.clock.now(), expiresAt: fixture.clock.now() + .seconds(1800))
        let token = try AccessTokenSigner(keys: before.signingKeys, randomness: fixture.randomness).sign(claims)

        let output = try await fixture.rotateKEK.execute(as: fixture.operatorCaller) { _ in }
        // The tenant's key, and the platform's two.
        #expect(output == .init(version: 2, dataKeys: 3, signingKeys: 1, unneeded: [1]))
        let after = try await fixture.open(fixture.new)
        #expect(after.refreshTokens.read(refresh) == ticket)
        #expect(before.digests.digest("cursor", for: .cursor) == after.digests.digest("cursor", for: .cursor))
        let signer = try AccessTokenSigner(keys: after.signingKeys, randomness: fixture.randomness)
        #expect(try signer.verify(token, at: fixture.clock.now()) == claims)
        #expect(try await fixture.value("key", fixture.new) == "value of key")
        let refused = await failure { () throws(Failure) in try await fixture.open(fixture.old) }
        #expect(refused?.detail.contains("ENCRYPTION_KEY_2") == true)
        let again = try await fixture.rotateKEK.execute(as: fixture.operatorCaller) { _ in }
        #expect(again == .init(version: 2, dataKeys: 0, signingKeys: 0, unneeded: [1]))
        #expect(fixture.memory.auditRecords.count { $0.action == "keys.data_keys_rewrapped" } == 1)
    }

    @Test("the status tells which KEKs are needed, by how many keys")
    func status() async throws {
        let fixture = try await KeyRotationFixture()
        var status = try await fixture.status.execute(as: fixture.operatorCaller)
        #expect(
            status.keks == [
                .init(version: 1, isSet: true, dataKeys: 3), .init(version: 2, isSet: true, dataKeys: 0),
            ])
        #expect(status.tenantsBetweenVersions.isEmpty)
        #expect(status.signingKeys.map(\.state) == [.active])
        #expect(status.nextSigningStep == nil)
        _ = try await fixture.rotateKEK.execute(as: fixture.operatorCaller) { _ in }
        status = try await fixture.status.execute(as: fixture.operatorCaller)
        #expect(status.keks.map(\.dataKeys) == [0, 3])
    }

    @Test("a destroyed key leaves a signed receipt, in the audit log too, and values that nobody opens")
    func shred() async throws {
        let fixture = try await KeyRotationFixture()
        try await fixture.store("key")
        let signer = try AccessTokenSigner(
            keys: try await fixture.open(fixture.both).signingKeys, randomness: fixture.randomness)
        let shred = ShredTenantKey(
            rotation: MemoryKeyRotation(fixture.memory), sealer: fixture.sealer,
            wrapping: fixture.wrapping(fixture.both), signer: signer, clock: fixture.clock)
        let output = try await shred.execute(fixture.tenant, as: fixture.operatorCaller)
        #expect(output.receipt["slug"] == "acme")
        #expect(output.receipt["keys"]?.arrayValue?.count == 1)
        #expect(output.receipt["destroyed_at"] == .string(fixture.clock.now().description))
        let payload = output.signed.split(separator: ".")[1]
        #expect(try JSONParser.parse(try #require(Base64URL.decode(payload))) == output.receipt)
        let record = try #require(fixture.memory.auditRecords.last)
        #expect(record.action == "keys.data_keys_destroyed")
        #expect(record.details["signed"] == .string(output.signed))

        let read = await failure { () throws(Failure) in
            do { _ = try await fixture.value("key", fixture.both) } catch let error as Failure { throw error } catch {}
        }
        #expect(read?.code == .tenantKeyDestroyed)
        #expect(read?.code.kind == .conflict)
        for refused in [
            await failure { () throws(Failure) in try await rotate(fixture) },
            await failure { () throws(Failure) in
                _ = try await shred.execute(fixture.tenant, as: fixture.operatorCaller)
            },
        ] {
            #expect(refused?.code == .tenantKeyDestroyed)
        }
    }

    @Test("the signing keys move as they are due: publish, sign, remove, each once however often it is run")
    func rotateSigning() async throws {
        let fixture = try await KeyRotationFixture()
        let rotate = { () async throws(Failure) in try await fixture.rotateSigning.execute(as: fixture.operatorCaller) }
        let begun = try await rotate()
        let next = try #require(begun.next)
        guard case .publish(let pending) = begun.steps.first else { throw Failure.bug("nothing was published") }
        #expect(begun.steps.count == 1)
        #expect(next - fixture.clock.now() >= SigningKeySchedule.cacheLifetime)
        #expect(try await rotate() == .init(steps: [], next: next))
        #expect(try await fixture.status.execute(as: fixture.operatorCaller).nextSigningStep == next)
        #expect(try await fixture.open(fixture.both).signingKeys.count == 2)

        fixture.clock.advance(by: next - fixture.clock.now())
        let activated = try await rotate()
        guard case .activate(pending.keyID, let retiring) = activated.steps.first else {
            throw Failure.bug("nothing was activated")
        }
        let removal = try #require(activated.next)
        #expect(removal - fixture.clock.now() >= .seconds(1800))
        #expect(try await rotate() == .init(steps: [], next: removal))

        fixture.clock.advance(by: removal - fixture.clock.now())
        #expect(try await rotate() == .init(steps: [.remove(retiring)], next: nil))
        #expect(try await MemoryKeys(fixture.memory).all().map(\.keyID) == [pending.keyID])
        let young = try await fixture.rotateSigning.execute(
            minimumAge: .seconds(86_400), as: fixture.operatorCaller)
        #expect(young == .init(steps: [], next: nil))
        #expect(try await rotate().steps.count == 1)
    }

    @Test("a leaked key is replaced at once by one that nobody knew, whatever rotation is under way")
    func replaceSigning() async throws {
        let fixture = try await KeyRotationFixture()
        _ = try await fixture.rotateSigning.execute(as: fixture.operatorCaller)
        let former = Set(try await MemoryKeys(fixture.memory).all().map(\.keyID))
        #expect(former.count == 2)
        let done = try await fixture.rotateSigning.replaceAll(as: fixture.operatorCaller)
        #expect(done.next == nil)
        let keys = try await MemoryKeys(fixture.memory).all()
        #expect(keys.map(\.state) == [.active])
        #expect(former.isDisjoint(with: keys.map(\.keyID)))
        #expect(fixture.memory.auditRecords.count { $0.action == "keys.signing_key_removed" } == 2)
        #expect(try await fixture.rotateSigning.execute(as: fixture.operatorCaller).steps.count == 1)
    }

    @Test("nobody but the operator's command line touches keys")
    func denied() async throws {
        let fixture = try await KeyRotationFixture()
        for principal in [
            Principal.anonymous, .system(job: "tests", tenant: fixture.tenant.id),
            .user(
                SignedInUser(
                    id: fixture.ids.next(), tenant: fixture.tenant.id, session: fixture.ids.next(), roles: [.owner])),
        ] {
            let caller = Caller(principal, from: .test)
            let refusals = [
                await failure { () throws(Failure) in _ = try await fixture.status.execute(as: caller) },
                await failure { () throws(Failure) in _ = try await fixture.rotateSigning.execute(as: caller) },
                await failure { () throws(Failure) in _ = try await fixture.rotateSigning.replaceAll(as: caller) },
                await failure { () throws(Failure) in _ = try await fixture.rotateKEK.execute(as: caller) { _ in } },
                await failure { () throws(Failure) in
                    _ = try await fixture.rotateDataKey.execute(
                        fixture.tenant.id, as: caller, pause: { _ throws(Failure) in }, progress: { _ in })
                },
            ]
            #expect(refusals.allSatisfy { $0?.code == .permissionDenied })
        }
    }
}

/// Counts calls, and says when the last one has come.
private final class Countdown: Sendable {
    private let left: Mutex<Int>

    init(_ count: Int) {
        left = Mutex(count)
    }

    func isOver() -> Bool {
        left.withLock { left in
            left -= 1
            return left < 0
        }
    }
}

/// The values of tenants whose databases do not answer.
private struct AwayCells: SealedCells {
    private static let away = Failure(.tenantDatabaseUnavailable, "It does not answer.")

    func count(of tenant: TenantID, olderThan version: Int32) async throws(Failure) -> Int { throw Self.away }

    func cells(
        of tenant: TenantID, in table: SealedTable, olderThan version: Int32, after last: SealedCell?, limit: Int
    ) async throws(Failure) -> [SealedCell] { throw Self.away }

    func replace(
        _ changes: [(cell: SealedCell, new: SealedBytes)], of tenant: TenantID, in table: SealedTable
    ) async throws(Failure) -> Int { throw Self.away }
}
