import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct RefusalTextTests {
    @Test("a login by two names is told that one is enough")
    func twoNames() async throws {
        try await ServedTenon.with { tenon in
            let refused = try await tenon.send(
                "POST", "/v1/auth/login", body: #"{"email":"a@b.com","username":"a","password":"SecurePass123!"}"#)
            let error = refused.json["errors"]?.arrayValue?.first
            #expect(error?["code"] == "not_both" && error?["pointer"] == "#/username")
            let without = try await tenon.send("POST", "/v1/auth/login", body: #"{"password":"SecurePass123!"}"#)
            #expect(without.json["errors"]?.arrayValue?.first?["code"] == "missing")
        }
    }

    @Test(
        "bits behind a prefix are named, with the network that is meant",
        arguments: [("10.0.0.1/8", "10.0.0.0/8"), ("2001:db8::1/32", "2001:db8::/32"), ("1.2.3.4/0", "0.0.0.0/0")])
    func network(text: String, meant: String) async throws {
        let refused = await failure { () throws(Failure) in try AllowedNetworks([text]) }
        #expect(refused?.violations.first?.detail == "must have no bits after the prefix: use \(meant)")
        let none = await failure { () throws(Failure) in try AllowedNetworks(["10.0.0.1/33"]) }
        #expect(none?.violations.first?.detail.hasPrefix("must be an address") == true)
    }
}
