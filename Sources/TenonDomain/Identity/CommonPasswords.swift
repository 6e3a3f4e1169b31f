/// Whole passwords that attackers try first, compared case-folded. Only such of 8 characters and more
/// need to stand here; shorter ones are refused for their length.
enum CommonPasswords {
    static func contains(_ text: String) -> Bool {
        list.contains(text.lowercased())
    }

    private static let list: Set<String> = [
        "00000000", "000000000", "0000000000", "0123456789", "0987654321", "11111111", "111111111", "1111111111",
        "11223344", "1122334455", "112233445566", "12121212", "123123123", "123123123123", "1234512345", "12344321",
        "123456123456", "12345678", "123456780", "123456789", "1234567890", "12345678901", "123456789012",
        "1234567891", "123456789a", "12345678910", "1234567899", "1234567890q", "12345qwert", "123abc123", "12qwaszx",
        "13131313", "147258369", "159357159", "1a2b3c4d", "1q2w3e4r", "1q2w3e4r5t", "1q2w3e4r5t6y", "1qaz2wsx",
        "1qaz2wsx3edc", "1qazxsw2", "20202020", "22222222", "31415926", "33333333", "44444444", "55555555", "66666666",
        "77777777", "87654321", "88888888", "987654321", "9876543210", "98765432", "99999999", "a1b2c3d4", "a12345678",
        "a123456789", "aa123456", "aa12345678", "abc12345", "abc123456", "abcd1234", "abcdefgh", "abcdefghi",
        "access14",
        "adminadmin", "admin123", "admin1234", "admin12345", "admin123456", "administrator", "alexander", "asdasdasd",
        "asdf1234", "asdfasdf", "asdfghjk", "asdfghjkl", "asdqwe123", "azertyuiop", "baseball", "basketball",
        "benjamin",
        "biteme123", "blink182", "bollocks", "butterfly", "changeit", "changeme", "changeme1", "changeme123",
        "charlie1",
        "chocolate", "christian", "cocacola", "computer", "computer1", "corvette", "danielle", "december", "default1",
        "dolphins", "dragon123", "einstein", "elephant", "elizabeth", "everlast", "facebook", "fernando", "firebird",
        "football", "football1", "forever1", "garfield", "godzilla", "guest123", "hallo123", "hardcore", "hello123",
        "hellohello", "iloveyou", "iloveyou1", "iloveyou2", "iloveyou!", "internet", "isabella", "jennifer", "jessica1",
        "jonathan", "jordan23", "juventus", "katherine", "kimberly", "kingkong", "letmein1", "letmein123", "leonardo",
        "liverpool", "liverpool1", "lovelove", "loveyou1", "manchester", "marlboro", "maverick", "mercedes",
        "metallica",
        "michael1", "michelle", "midnight", "minecraft", "monkey123", "mustang1", "myspace1", "nicholas", "november",
        "p@ssw0rd", "p@ssword", "pa$$w0rd", "pa$$word", "pass1234", "passpass", "passw0rd", "passw0rd1", "password",
        "password!", "password0", "password1", "password1!", "password12", "password123", "password1234", "password2",
        "password3", "passwort", "patricia", "pokemon1", "porsche911", "princess", "princess1", "q1w2e3r4",
        "q1w2e3r4t5", "qazwsx123", "qazwsxedc", "qqqqqqqq", "qwaszx12", "qwe123qwe", "qweasd123", "qweasdzxc",
        "qwer1234", "qwerqwer", "qwert123", "qwert12345", "qwerty12", "qwerty123", "qwerty1234", "qwerty12345",
        "qwertyui", "qwertyuiop", "qwertyuiop123", "qwertz123", "rootroot", "sabrina1", "samantha", "samsung1",
        "scorpion", "sebastian", "secret123", "september", "skywalker", "slipknot", "snowball", "softball", "spiderman",
        "starwars", "steelers", "stephanie", "summer123", "sunshine", "sunshine1", "superman", "superman1", "superstar",
        "swordfish", "teddybear", "test1234", "testtest", "testing1", "testing123", "thunder1", "tinkerbell",
        "trustno1", "undertaker", "valentina", "veronica", "victoria", "vladimir", "volleyball", "webmaster",
        "welcome1", "welcome12", "welcome123", "whatever", "whatever1", "william1", "winston1", "xxxxxxxx", "yankees1",
        "zaq12wsx", "zaq1xsw2", "zaqwsxcde", "zxcvbnm1", "zxcvbnm123", "zzzzzzzz",
    ]
}
