import TenonDomain
import Testing

@testable import TenonCrypto

/// Hexadecimal digits, blanks between them ignored.
func hex(_ text: String) -> [UInt8] {
    let digits = text.filter { !$0.isWhitespace }
    return stride(from: 0, to: digits.count, by: 2).map { offset in
        let start = digits.index(digits.startIndex, offsetBy: offset)
        return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)!
    }
}

@Suite struct PrimitiveTests {
    @Test("HMAC-SHA-256 gives the values of RFC 4231, test cases 1, 2 and 6")
    func hmac() {
        #expect(
            HMACSHA256.authenticate(Array("Hi There".utf8), key: [UInt8](repeating: 0x0B, count: 20))
                == hex("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"))
        #expect(
            HMACSHA256.authenticate(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
                == hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"))
        #expect(
            HMACSHA256.authenticate(
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                key: [UInt8](repeating: 0xAA, count: 131))
                == hex("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"))
    }

    @Test("HKDF-SHA-256 gives the values of RFC 5869, test cases 1 and 3")
    func hkdf() {
        #expect(
            HKDFSHA256.derive(
                from: [UInt8](repeating: 0x0B, count: 22), salt: hex("000102030405060708090a0b0c"),
                info: hex("f0f1f2f3f4f5f6f7f8f9"), count: 42)
                == hex(
                    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"))
        #expect(
            HKDFSHA256.derive(from: [UInt8](repeating: 0x0B, count: 22), info: [], count: 42)
                == hex(
                    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"))
    }

    @Test("scrypt gives the values of RFC 7914 §12")
    func scrypt() {
        #expect(
            Scrypt.derive(Secret("password".utf8), salt: Array("NaCl".utf8), logN: 10, r: 8, p: 16, count: 64)
                == hex(
                    """
                    fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
                    2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
                    """))
        #expect(
            Scrypt.derive(
                Secret("pleaseletmein".utf8), salt: Array("SodiumChloride".utf8), logN: 14, r: 8, p: 1, count: 64)
                == hex(
                    """
                    7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
                    d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
                    """))
    }

    @Test("scrypt takes more memory than OpenSSL's own limit of 32 MiB")
    func scryptMemory() {
        #expect(Scrypt.derive(Secret("x".utf8), salt: [1], logN: 16, r: 8, p: 1, count: 32) != nil)
    }

    @Test("Argon2id gives the value of RFC 9106's reference, where OpenSSL has it", .enabled(if: Argon2id.isAvailable))
    func argon2id() {
        #expect(
            Argon2id.derive(
                Secret("password".utf8), salt: Array("somesalt".utf8), memory: 65_536, passes: 2, lanes: 1, count: 32)
                == hex("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"))
    }

    @Test("Ed25519 gives the values of RFC 8032 §7.1, tests 1 and 3")
    func ed25519() throws {
        for (seed, publicKey, message, signature) in [
            (
                "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
                "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
                """
                e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b
                d25bf5f0595bbe24655141438e7a100b
                """
            ),
            (
                "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
                "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
                """
                6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659
                4a7c15e9716ed28dc027beceea1ec40a
                """
            ),
        ] {
            let key = try #require(Ed25519PrivateKey(seed: Secret(hex(seed))))
            #expect(key.publicKey == hex(publicKey))
            #expect(key.sign(hex(message)) == hex(signature))
            let verifier = try #require(Ed25519PublicKey(hex(publicKey)))
            #expect(verifier.verifies(hex(signature), of: hex(message)))
            #expect(!verifier.verifies(hex(signature), of: hex(message) + [0]))
            #expect(!verifier.verifies([UInt8](repeating: 0, count: 64), of: hex(message)))
            #expect(!verifier.verifies([], of: hex(message)))
        }
    }

    @Test("AES-256-GCM gives the values of the GCM specification, test cases 13 to 16")
    func gcm() {
        let zeros = [UInt8](repeating: 0, count: 32)
        let nonce = [UInt8](repeating: 0, count: 12)
        #expect(
            AES256GCM(Secret(zeros)).seal([], nonce: nonce, aad: []) == hex("530f8afbc74536b9a963b4f1c4cb738b"))
        #expect(
            AES256GCM(Secret(zeros)).seal([UInt8](repeating: 0, count: 16), nonce: nonce, aad: [])
                == hex("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"))
        let key = AES256GCM(Secret(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")))
        let plaintext = hex(
            """
            d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525
            b16aedf5aa0de657ba637b391aafd255
            """)
        let ciphertext = hex(
            """
            522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838
            c5f61e6393ba7a0abcc9f662898015ad
            """)
        let iv = hex("cafebabefacedbaddecaf888")
        #expect(key.seal(plaintext, nonce: iv, aad: []) == ciphertext + hex("b094dac5d93471bdec1a502270e3cc6c"))
        let aad = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
        let sealed = key.seal(Array(plaintext.prefix(60)), nonce: iv, aad: aad)
        #expect(sealed == Array(ciphertext.prefix(60)) + hex("76fc6ece0f4e1768cddf8853bb2d551b"))
        #expect(key.open(sealed[...], nonce: iv[...], aad: aad) == Array(plaintext.prefix(60)))
        #expect(key.open(sealed[...], nonce: iv[...], aad: []) == nil)
        #expect(key.open(sealed.dropLast(), nonce: iv[...], aad: aad) == nil)
    }

    @Test("random bytes differ")
    func randomness() {
        #expect(SystemRandomness().bytes(32) != SystemRandomness().bytes(32))
        #expect(SystemRandomness().bytes(0).isEmpty)
    }
}
