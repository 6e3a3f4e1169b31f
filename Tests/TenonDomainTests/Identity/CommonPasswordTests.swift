import TenonDomain
import TenonKit
import TestSupport
import Testing

/// What is refused without standing on any list, and what is not.
@Suite struct CommonPasswordTests {
    private func isCommon(_ text: String, own: [String] = []) -> Bool {
        do {
            _ = try PasswordPolicy().check(Secret(text.utf8), own: own)
            return false
        } catch {
            return error.violations.first?.code == "password_too_common"
        }
    }

    private static let common = """
        password password1 Password123 P@ssw0rd P@ssw0rd! pa$$word Passw0rd2024 PASSWORD! 1password password12345678
        qwertyuiop qwerty123 Qwerty123! qwertz123 azertyuiop asdfghjkl asdf1234 zxcvbnm1 1qaz2wsx 1q2w3e4r q1w2e3r4t5
        qazwsxedc zaq12wsx qweasdzxc 123qwe123 qwer1234 1234qwer 12qwaszx 1qaz@wsx a1b2c3d4 abcd1234 abc12345 aa123456
        12345678 123456789 87654321 00000000 11223344 112233445566 123123123 147258369 19851985 01011990 31415926 20202020
        aaaaaaaa abababab abcabcabc asdasdasd xyzxyzxyz testtest adminadmin passpass1 hellohello
        iloveyou iloveyou! ILoveYou2 sunshine1 monkey123 dragon2023 Princess1! Football99 baseball liverpool1 superman!
        spiderman starwars1 pokemon123 michael1 Jennifer! jordan23 charlie2019 Ashley123 Summer2024! winter22! December1
        august2023 Monday123 letmein1 Letmein123! trustno1 welcome1 Welcome@123 admin123 Admin@2024 @dmin1234 administrator
        root1234 changeme changeme! secret123 S3cr3t123 mast3r123 l0gin123 computer1 samsung1 mustang1 ferrari9
        harley01 shadow12 h3ll0123 cheese12 chocolate butterfly tinkerbell 123456password !!password!! 000000admin Tenon2024
        matrix99 killer666 blink182 porsche911 jesus777 trinity3 london2012 chelsea123 barcelona10 ronaldo7 naruto123
        """.split { $0 == " " || $0 == "\n" }.map(String.init)

    private static let good = [
        "SecurePassword123", "SecurePass123!", "TestPass123!", "AnotherPassword1", "correct horse battery",
        "correct-horse-7fQ2", "purple monkey dishwasher", "Zp4 no list has this", "tR7!mK2#vQ9z", "x8Fq2LmZ",
        "kubernetes-is-hard-42", "blauer Elefant tanzt", "l'été sera chaud", "vier vögel fliegen",
        "пароль из четырёх слов", "giraffe/lamp/octave", "9e107d9d372bb682", "M@nyWordsH3re&There",
        "whale-umbrella-teacup",
        "jumping jackrabbit jive", "Ein Satz mit 5 Worten", "BreadAndButterPickles", "gNt5-wPq8-zRk3",
        "unusual-lantern", "two left feet 2",
        "hunter2hunter3x", "4 score and 7 years", "Nine.Lives.Of.Tom", "rustling leaves at dawn", "qwfpgjluyarstdhnei",
        "mangoes grow on tuesdays",
    ]

    @Test("what attackers try first is refused, however it is dressed up", arguments: common)
    func refused(text: String) {
        #expect(isCommon(text))
        #expect(isCommon(text.uppercased()))
    }

    @Test("passwords that nobody tries first pass", arguments: good)
    func passing(text: String) {
        #expect(!isCommon(text))
    }

    @Test("of random texts of 12 characters none is taken for a common one")
    func random() {
        var random = SplitMix64(seed: 7)
        let alphabet = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!@#$%^&*-_")
        for _ in 0..<3000 {
            let text = String((0..<12).map { _ in alphabet.randomElement(using: &random)! })
            #expect(!isCommon(text), "\(text)")
        }
    }

    @Test("the user's and the tenant's own names are as common as any word")
    func own() {
        let own = ["ann.smith@example.com", "ann.smith", "Ann Smith-Müller", "mycompany"]
        for text in ["MyCompany1!", "annsmith2024", "Ann.Smith1", "smithsmith", "Müller123", "4nn5m1th!"] {
            #expect(isCommon(text, own: own), "\(text)")
            #expect(text == "smithsmith" || !isCommon(text), "\(text)")
        }
        #expect(!isCommon("SecurePassword123", own: own))
        #expect(!isCommon("Ann was here at noon", own: own))
    }
}
