import TenonCrypto
import TenonDomain
import TestSupport
import Testing

@testable import TenonOIDC

/// Tokens and keys that another implementation made (the Python package joserfc), by every algorithm that is accepted.
@Suite struct AlgorithmTests {
    @Test("tokens by every accepted algorithm pass under the key set that they came with, and fail with a bit changed")
    func everyAlgorithm() throws {
        let set = try KeySet(Array(Vectors.keySet.utf8), algorithms: Set(SignatureAlgorithm.allCases))
        let keys = OpenSSLPublicKeys()
        #expect(Vectors.tokens.count == 8)
        for (name, text) in Vectors.tokens {
            let token = try IDToken(text)
            #expect(token.algorithm == SignatureAlgorithm(name: name))
            guard case .key(let key) = set.match(token.keyID, token.algorithm) else {
                Issue.record("\(name) finds no key")
                continue
            }
            var signature = token.signature
            #expect(keys.verifies(signature, of: token.signed, by: token.algorithm, under: key.material), "\(name)")
            signature[7] ^= 1
            #expect(!keys.verifies(signature, of: token.signed, by: token.algorithm, under: key.material), "\(name)")
            let identity = try IDTokenChecks(
                issuer: IssuerURL("https://id.example"), clientID: OAuthClientID("tenon"), nonce: "n",
                now: ManualClock().now()
            ).identity(in: token.claims)
            #expect(identity.subject == "ann")
        }
    }
}

private enum Vectors {
    static let keySet = #"""
        {"keys":[{"n":"p1KznZH7lynASx789pTt6XeG5sx_fDeICrHPecQPLO84emjkK-CX3uY5mIRhGvgFJlWB4qK6OisXCKEVc\#
        KfipsT14oABn6g7T2sxjJ-GV_80DYLXcl6ySDjhBZuM1rsUZA730MTON2AiSIV9JZxA2s3KVB0DGpVcLkyQKKw0pMupXHJ1l\#
        xntK6KfDW9TMdd1hmPNeAFMK5jNgC-d0IVqDfMMlq-BQvpSwykxShklU0vtY9Qcx_H3bNtuoFKAWGUXbHcjo8vf_ZWcuwbRE\#
        ktE5PEqRElNAVG0aMxcqWnU50CBDKlaiEU6pBorBg6fKRdP1DoxdK04ESFC32fi0JK5uw","e":"AQAB","kid":"rsa","k\#
        ty":"RSA"},{"crv":"P-256","x":"Pl6s4tpeUpOgaasE4oN41mfiHagYav0-Na8VP90h-8c","y":"P-0USzeMrem6z5M\#
        APIhtYbIekgLjCD-m9YB7E_WrN44","kid":"p256","kty":"EC"},{"crv":"P-384","x":"iSdbnxURLOpaeI8UYSUMU\#
        3R93hZVUvSFOzLBRugGOkgVswi0ApnmTAwQgq7PlQ7s","y":"44iyA6SHZsqtt9Kt9B07FQK00AQSpMdQTJqwzajRJS67cT\#
        a8tnMuPn_IOST0ulVy","kid":"p384","kty":"EC"},{"crv":"Ed25519","x":"Xcy8xGcTiis7QAKHTD2qi7It2ie__\#
        JeXEeiE1340rJA","kid":"ed","kty":"OKP"}]}
        """#

    static let tokens = [
        (
            "RS256",
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWI\
            iOiJhbm4iLCJhdWQiOiJ0ZW5vbiIsIm5vbmNlIjoibiIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1OTAwfQ.ptVm\
            vU71zGvzTPfwOUccvImhkS1pgYdb8MsMLQ6JlniQfAqjabfQSk1z-AXsvvAQYCQaZBZywShHl8GAKzLd3b2ILvfT-WFhBJxT\
            SNn3N-IL2-kkMeYLmpmTIS3vwIuE-rtxkny2ECH8eezkFeGidbh7mZ8Jx28Cz5JM3sLalRIovK_MPsLvb3lccIra8LN8Rew4\
            x88DIMXY6hFCdbMP1eAhAbuYim1g6s7UnBH1oBsvnGDmzxx2TsK5ri5LhD7SBJgpaa5amI-hNoIvZzOUJwR5e4HlSm_M05aB\
            xOuU41X3okTlQHLR2Iwz7lr1wkcrzX3a8RzzM64CZ4eGRch0hw
            """
        ),
        (
            "RS384",
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzM4NCIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWI\
            iOiJhbm4iLCJhdWQiOiJ0ZW5vbiIsIm5vbmNlIjoibiIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1OTAwfQ.Ale-\
            VKD2WcDpgY8IhIdM44ce1mKVPqH3RtKLrA3wR5lsN8o2QD3Um_8_PQ7aM-c9CkfjEPtriB-nEGRQrOppKvsn4ByLfQIW1VqY\
            P1XhxPteSzhqeUaMvg-xlYRVY4CX1S2oCxYUEGEgAxXU3GHhbCBspFoPZT5H6cwQ4VXnScEQhrMKW29tqVmckBH-wbSLlKOL\
            4i3qvuCn1hetL-_CA9WBcBWZ7VEg0mSj_i4RzLl4VOjpbw27UNtfnqQvUu_XpkE_fGY4ZKc86g46UhtaNVKw24g88fQC5ahT\
            qfrtlJDKW8q8d4NcGdKlX6cJE8k_AFu0svVQ0Bljl5v3k19ZDQ
            """
        ),
        (
            "RS512",
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzUxMiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWI\
            iOiJhbm4iLCJhdWQiOiJ0ZW5vbiIsIm5vbmNlIjoibiIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1OTAwfQ.c5NV\
            VYQhcrWyJ5Nt5aX_k3OPLvgHqzN536VodZXBXc7Ti_fc8AA81gGLJPFRqkzEOBEeRUJedIT5UzJtDxn23e5Ibm75a9OZcQph\
            LZWMXrGFFefeZ0vSNK0hA097zSTSvbT-pTAZJAvCRzg0a5jdrO0UtHJxVyfo3Kuuj4sliEq_XcQzjnQ1n0bZfGVgp3kJ5WBY\
            otnV43wj3ApphaAb4aDFW7QVDeTCFdu82iRBnB7ylse2UKTTFBVGU5b4voHNMEk1AjMP6vL-JypHD16YrYA5E7P-CZRKbSLu\
            7uBhd0_0k7PAOyZii1CaR7pgTZtTtv6ejUCsd29OZ9vj-XQqnA
            """
        ),
        (
            "PS256",
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJQUzI1NiIsImtpZCI6InJzYSJ9.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWI\
            iOiJhbm4iLCJhdWQiOiJ0ZW5vbiIsIm5vbmNlIjoibiIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1OTAwfQ.TRUD\
            wKx1ye4MU9MPrXUGqFspuRf7ywRA54ikR5s070zm8n3LHxUifbeGqU45AvHmvgUl27wbnLnkHt2031iJjuN2Z4e79JKb8ER1\
            cMWplNSFIFza0Yf8aqGurFU0hJLIHFA2N-7_r50lTcBx7TMB2L6_1aG2dQ8kDAftQ92gwzV8nCk2RR7MsWXKl-uIYsubIlIY\
            x0KZ23xg1HGp5R6uoN_6wqG63eC4Ec5Aan805vVhlF-gsnjc5rQs6ON1dse2jUaBvhNnRiHm9BFKy1sfWvO5vHBLSOWTMZEI\
            _oS4fULIvXEOO3yjSCYxKs1gjzSA404esauz7cUzAup6OoiTLw
            """
        ),
        (
            "ES256",
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiIsImtpZCI6InAyNTYifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzd\
            WIiOiJhbm4iLCJhdWQiOiJ0ZW5vbiIsIm5vbmNlIjoibiIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1OTAwfQ.Gl\
            R9JZD1kiZ8th4I-q4paXX5EXsyHmduoPdQq_Bx_UTx5WaWXpLS4ntnd1BCd8WhG295tYlVJGcNGdwrmV-nnQ
            """
        ),
        (
            "ES384",
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzM4NCIsImtpZCI6InAzODQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzd\
            WIiOiJhbm4iLCJhdWQiOiJ0ZW5vbiIsIm5vbmNlIjoibiIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1OTAwfQ.wg\
            Yeg2q6nAXgLp0V5IQU-I8jTuSgN8j8-jJfXYUCUHLqiDch98IOu-Z47crVFZWaq5xj21D4KznXKD_-bI82Y67XBuqKLvvvQ7\
            hLHGVatqccs3OPTAm8AiwshPqC4skn
            """
        ),
        (
            "EdDSA",
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSIsImtpZCI6ImVkIn0.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzdWIi\
            OiJhbm4iLCJhdWQiOiJ0ZW5vbiIsIm5vbmNlIjoibiIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1OTAwfQ.GDW3S\
            tGfPA_-TEsfhBOaPPPZcvdSx6_5kIrxKTxuQ1N7E_hkNMV5N3S6hmtmbZtg0i3nF2vc7FmB_CJ79rbuBw
            """
        ),
        (
            "Ed25519",
            """
            eyJ0eXAiOiJKV1QiLCJhbGciOiJFZDI1NTE5Iiwia2lkIjoiZWQifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUiLCJzd\
            WIiOiJhbm4iLCJhdWQiOiJ0ZW5vbiIsIm5vbmNlIjoibiIsImlhdCI6MTc2NzIyNTYwMCwiZXhwIjoxNzY3MjI1OTAwfQ.M-\
            1Upa3Ie_p43GZxZez4J-yKO7ALm0m0XVAvk96TtXcZcV8FVGm69nyMqmXlaMdHTfZSAljPtu8uoqa9l0xdBw
            """
        ),
    ]
}
