import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonCrypto

@Suite struct PublicKeyTests {
    private let keys = OpenSSLPublicKeys()

    @Test("the examples of RFC 7515 and RFC 8037 verify, and not a bit beside them")
    func standards() {
        let rsa = PublicKeyMaterial.rsa(modulus: bytes(Vectors.rfcN), exponent: [1, 0, 1])
        check(.rs256, rsa, Vectors.rfcS, of: Vectors.rfcT)
        let point = PublicKeyMaterial.p256(
            x: bytes("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
            y: bytes("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        check(
            .es256, point,
            "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            of: Vectors.rfcT.replacing("eyJhbGciOiJSUzI1NiJ9", with: "eyJhbGciOiJFUzI1NiJ9"))
        check(
            .ed25519, .ed25519(bytes("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")),
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            of: "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc")
    }

    @Test("what another implementation signed verifies under the one algorithm that it was signed by")
    func otherImplementation() {
        let rsa = PublicKeyMaterial.rsa(modulus: bytes(Vectors.n), exponent: [1, 0, 1])
        let signatures: [(SignatureAlgorithm, String)] = [
            (.rs384, Vectors.rs384), (.rs512, Vectors.rs512), (.ps256, Vectors.ps256),
        ]
        for (algorithm, signature) in signatures {
            check(algorithm, rsa, signature, of: Vectors.message)
            for other in SignatureAlgorithm.allCases where other != algorithm {
                #expect(!verifies(other, rsa, signature), "\(algorithm) passed as \(other)")
            }
        }
        check(
            .es384, .p384(x: bytes(Vectors.x384), y: bytes(Vectors.y384)), Vectors.es384, of: Vectors.message)
    }

    @Test("a salt of another length than the digest's is refused")
    func saltLength() {
        #expect(!verifies(.ps256, .rsa(modulus: bytes(Vectors.n), exponent: [1, 0, 1]), Vectors.ps256long))
    }

    @Test("an RSA key of 1024 bits verifies nothing, nor does one with a strange exponent")
    func weakKeys() {
        #expect(!verifies(.rs256, .rsa(modulus: bytes(Vectors.weakN), exponent: [1, 0, 1]), Vectors.weakS))
        for exponent: [UInt8] in [[], [0], [1], [3], [1, 0, 0], [1, 0, 0, 0, 1]] {
            #expect(!verifies(.rs384, .rsa(modulus: bytes(Vectors.n), exponent: exponent), Vectors.rs384))
        }
        for modulus: [UInt8] in [[], [UInt8](repeating: 0, count: 256), [UInt8](repeating: 0xFF, count: 1025)] {
            #expect(!verifies(.rs384, .rsa(modulus: modulus, exponent: [1, 0, 1]), Vectors.rs384))
        }
    }

    @Test("a point beside its curve verifies nothing, nor do numbers that are too short, zero or in DER")
    func unsoundPoints() {
        let (x, y) = (bytes(Vectors.x384), bytes(Vectors.y384))
        var beside = y
        beside[47] ^= 1
        #expect(!verifies(.es384, .p384(x: x, y: beside), Vectors.es384))
        #expect(!verifies(.es384, .p384(x: [], y: []), Vectors.es384))
        let zero = [UInt8](repeating: 0, count: 48)
        #expect(!verifies(.es384, .p384(x: zero, y: zero), Vectors.es384))
        let soundSignature = bytes(Vectors.es384)
        let der = [0x30, 0x64, 0x02, 0x30] + soundSignature[..<48] + [0x02, 0x30] + soundSignature[48...]
        for signature in [[], zero + zero, Array(soundSignature.dropLast()), soundSignature + [0], der] {
            #expect(
                !keys.verifies(
                    signature, of: Array(Vectors.message.utf8), by: .es384, under: .p384(x: x, y: y)))
        }
        #expect(verifies(.es384, .p384(x: x, y: y), Vectors.es384), "the vector itself is sound")
    }

    @Test("SHA-256 is that of FIPS 180-4")
    func digest() {
        #expect(Base64URL.encode(keys.sha256(Array("abc".utf8))) == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")
    }

    /// The signature passes, and fails with any of its bytes or of the message's changed.
    private func check(
        _ algorithm: SignatureAlgorithm, _ key: PublicKeyMaterial, _ signature: String, of message: String
    ) {
        let (signature, message) = (bytes(signature), Array(message.utf8))
        #expect(keys.verifies(signature, of: message, by: algorithm, under: key))
        for index in stride(from: 0, to: signature.count, by: 7) {
            var other = signature
            other[index] ^= 0x10
            #expect(!keys.verifies(other, of: message, by: algorithm, under: key))
        }
        #expect(!keys.verifies(signature, of: message + [0], by: algorithm, under: key))
    }

    private func verifies(_ algorithm: SignatureAlgorithm, _ key: PublicKeyMaterial, _ signature: String) -> Bool {
        keys.verifies(bytes(signature), of: Array(Vectors.message.utf8), by: algorithm, under: key)
    }

    private func bytes(_ text: String) -> [UInt8] {
        Base64URL.decode(text)!
    }
}

/// The key and token of RFC 7515 A.2, and what the Python package cryptography made.
private enum Vectors {
    static let message = "what is signed"
    static let rfcN = """
        ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yR\
        T-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXB\
        dQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9ia\
        GNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ
        """
    static let rfcT = """
        eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19\
        yb290Ijp0cnVlfQ
        """
    static let rfcS = """
        cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9\
        uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB\
        _eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rq\
        Vt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw
        """
    static let n = """
        uwzSaWsESoz5faTYV5-jbziE_vtnQMd5G54sh_DShItLfftwP9q40xYGTvyFmjYsWXifBUGDnDnHjnREtpNYEfiQrs8gyy_Yj0fd\
        olZL8t3a5MMG2z93UIpf3OF2K7dYSRdgrTqgJTOElZDsytLBjGa6cIcJVbeYr7pYJPxVp7eQcW5TJ-hcqPMufAtOVNY7yFaWyS16\
        oUyQtgQSfMt3_inca4CeGFrgl80XJN6tVVbAuivpdAEh2sfW1C6COJ-T2wlIrpckExXGBExlZy03wSQJkyYZF7oUUTqNZfgccORd\
        LRt-hfVNbAldOzJYMCoX2ZqK-hMqqZT6Hk2FA8gJFw
        """
    static let rs384 = """
        YuvOAcYyBeAW9MS_CDVa6FIlGlQhJoGqR5nB3iZQrmxNcYHsguRNc73lLC4GLWiW06Bb7Dj5zeEMywdW4-UN2eCqVRy6APL83E0e\
        WMhAWn6AKxHIHGMCFPbIOoNN57Vkoap0msWFDuaXxaqnD4kW6kruj5j1BMcew9x0CWrbm2vdVOBsGVvCYCFfW1dqddmwm5630YNj\
        7WmH8RutiVPqUDnPAe3zpvcGK4VMNKBaLckkzs58HXsDViPJVwPqFmW6eZcULR64eJyA-C6FBOi2rlkuaBtHz_l0u7UmgwoilqeN\
        tuhwcfAJrHpjcaN_zs2kjlzvIrTku5aStqitSP5ydg
        """
    static let rs512 = """
        UbsZwVGZZ28Gr49xGhut2cddWdIz-vqRETT3eaBxkOjbvxaqOoBhQ0F0GwMXv0SMq1iZ7A318fKlW8S2vYn6ge2sc4xC8KzN4Ao3\
        uekXpdofoVWjVRrMSdUO0choAptO9Zn6843CHeg9iUAbJhmGnJYGW85z8m2etdi3u58Ttl_0W6JIpY-WGrA7BoXCmcVV6Wfj-y0x\
        ggjDsqt-5MUSOQNs7hDAor7xKRKRmjl7LmcNpTieMzkI7Go1cmMfa_rQo6sUcue4aZrCDud7LiJ44Y5-OoVqT_rMUkt03kjQERxs\
        2UWFsqG6R7jLzCFX3pVk_4c-unQ4hiOneA-HNde-9A
        """
    static let ps256 = """
        D1-ljUgORz0blmSN1S_UtcTQtj0-4gSkIpoebluvRNLgVHEc_hRQdSgiql6qD5h05iJRsWhkdUMMX4valDYyNrg9dvRv2IdXJgQP\
        2FTwRm0icwVookDke5f6-m-Uyijyqo_4dUj6aAgKQdzvWs0zg3vfO49aZj8lZVucPeVRN-cNUflSxE4OWxcqk-cvRryUmr0WyxED\
        ZBpUoxtjXgC1nNPEsPPUowu5fQRVCdJQkdzw6RAvuZEL_qfVEI-SivqjANoEhHkHO3pWlIANXCHglIKboR3IfwQl6w7k4hUMOh-k\
        I4yVXmmKS5mtE7CChMgaqi8oIgznbdVn-My4wjkLTQ
        """
    static let ps256long = """
        Yg1ZQ_lWm-88rRd5ukBabQOpjVrx4FYa2MX3NkU9Z7xu1iXN9vhJ6P84Ax4jfJ08W06IWPlcTyhVRz2IlgYz4VICddlqfepOXPq5\
        KQP4Anbsnbn2WOfjgPABUqrffSdPcgkvPhRHrvBKfosW87mbnM0VCEJZnC3i79vjVe5V0B8yyJGrG9fI6d3t39428XL-kaOeRLtW\
        a5ubIvVCqx1C6oKL2FfKUr6695AM9-wmhiFR0lC6xnA0LRqkNcGmsBGyNgK_1dsdwyZ2JoZH6O45lLLo1JL5jxEnbj8k805j3-6I\
        p7kKLD8yyOl5qEU8_H1lP-J57T_JkhYfJaT2i3a5nA
        """
    static let x384 = "8dvjyQsCui-9jrhwM-_UTa77Dc8zOOmI71eM86QI7hqwTMEOqtP5qzNrMCtkuxMh"
    static let y384 = "pAps2f5HesIrNMJS3hFo67CkeMZ3AGiL_G6S6igJpIHU3fljrfKwx0UF3fQ9Q1Xo"
    static let es384 = """
        v_T9DJrfC4J5t7t9UvKC2p3aztPY_-45U2fOC3spxdwwa7Oeu7NgZiWL9HSwF96zWt7wr1W7u8eWVg-AZjGUdcMckG6n8hagfpd1\
        9m56wPEOKndOLzVoB2nMmarYfbv5
        """
    static let weakN = """
        sjtMoohgTc2ezNJkJulYxVhEWQAryrhpXH6xSBBg5AxlawEwaPJ8vkq4Y38vLOdarEIlxeNqlDA3jmsp122EynDjx9Mss8vcC4Z7\
        shliBWME3wqsradn_J50Ay-x2sEQxi5ldamx2QVhooXi6xQvb0yqFdDvRwHCJbAfqGxdrb0
        """
    static let weakS = """
        ozrgIjc2EZKs9r75e7fOs4RR8OJxKC24gqVDy3kuASXdsxlPcmARmLQPmvqqN87hTZqpnqBA4GTG9kcObtUN9tP0H8SNWIfgLymD\
        RERcqNuCMWWC5D5KQhk3FPs317NTiph-3MX9_cNphbXXLB069LXeAi7JetaI20_leVt9E1I
        """
}
