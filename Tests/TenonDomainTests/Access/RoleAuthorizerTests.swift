import TenonDomain
import TestSupport
import Testing

@Suite struct RoleAuthorizerTests {
    private let authorizer = RoleAuthorizer()
    private let ids = Identifiers.forTests()

    private func caller(_ roles: Set<Role>, of tenant: TenantID) -> Caller {
        Caller(.user(SignedInUser(id: ids.next(), tenant: tenant, session: ids.next(), roles: roles)), from: .test)
    }

    @Test("viewers read and see no secrets; members write entries; owners and admins do everything")
    func table() {
        let tenant: TenantID = ids.next()
        #expect(
            authorizer.permissions(of: caller([.viewer], of: tenant))
                == [.namespacesRead, .configsRead, .tenantsRead, .quotasRead])
        #expect(!authorizer.allows(.namespacesWrite, for: caller([.member], of: tenant)))
        #expect(authorizer.allows(.configsWrite, for: caller([.member], of: tenant)))
        #expect(authorizer.allows(.namespacesWrite, for: caller([.admin], of: tenant)))
        #expect(authorizer.allows(.secretsRead, for: caller([.owner], of: tenant)))
    }

    @Test("nobody without roles may do anything, nor may anonymous callers; platform administrators see no values")
    func denyByDefault() {
        let tenant: TenantID = ids.next()
        let administrator = SignedInUser(
            id: ids.next(), tenant: .platform, session: ids.next(), roles: [.platformAdministrator])
        #expect(authorizer.permissions(of: caller([], of: tenant)).isEmpty)
        #expect(authorizer.permissions(of: Caller(.anonymous, from: .test)).isEmpty)
        let ofAdministrators = authorizer.permissions(of: Caller(.platformAdministrator(administrator), from: .test))
        #expect(ofAdministrators.contains(.tenantsWrite))
        #expect(ofAdministrators.isDisjoint(with: [.configsRead, .namespacesRead, .secretsRead, .apiKeysRead]))
    }

    @Test("a resource of another tenant is denied whatever the roles")
    func foreign() {
        let mine: TenantID = ids.next()
        let theirs: TenantID = ids.next()
        #expect(throws: Failure.self) {
            try authorizer.require(.configsRead, on: TenantScope(theirs), as: caller([.owner], of: mine))
        }
        #expect(throws: Never.self) {
            try authorizer.require(.configsRead, on: TenantScope(mine), as: caller([.owner], of: mine))
        }
    }
}
