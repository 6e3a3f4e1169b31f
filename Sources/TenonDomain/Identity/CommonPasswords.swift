/// Passwords that attackers try first. No list could be long enough: what people do to a password so that it looks like
/// another is undone, and what is left looked up.
///
/// Refused are, in any case: a common word, or one of the caller's own, with up to four digits and three symbols or a
/// counted row on either side, and with digits in the place of letters (`P@ssw0rd2024!`); something short that is repeated
/// (`abcabcabc`); a walk over the keyboard or the alphabet (`1qaz2wsx`, `abcd1234`), also two of them in turns (`q1w2e3r4`)
/// and with some characters more; and up to ten digits. Two words, neither of which says anything of the other, pass.
struct CommonPasswords {
    private let scalars: [Unicode.Scalar]

    init(_ text: String) {
        scalars = Array(text.lowercased().unicodeScalars)
    }

    /// Whether it is one of them. `own` are words that whoever knows the user tries, in lower case.
    static func contains(_ text: String, own: Set<String> = []) -> Bool {
        let password = CommonPasswords(text)
        return password.isShortNumber || password.isWalk || password.isRepetition || password.isDecorated(own)
    }

    /// So few digits are tried through.
    private var isShortNumber: Bool { scalars.count <= 10 && scalars.allSatisfy(\.isDigit) }

    // MARK: Repetitions

    private var isRepetition: Bool {
        Set(scalars).count <= 2 || Self.period(of: scalars[...]) <= 4
    }

    /// The length of the shortest piece that repeats to make it; at least two times, or it is its own length.
    private static func period(of scalars: ArraySlice<Unicode.Scalar>) -> Int {
        let all = Array(scalars)
        return (1..<max(2, all.count / 2 + 1)).first { period in
            all.indices.dropFirst(period).allSatisfy { all[$0] == all[$0 - period] }
        } ?? all.count
    }

    // MARK: Walks

    private var isWalk: Bool {
        let single = scalars.indices.filter { $0 == 0 || scalars[$0] != scalars[$0 - 1] }.map { scalars[$0] }
        return [scalars, single].contains { Self.isWalk($0) } || isInterwoven
    }

    /// `1q2w3e4r`: two walks, a step of each in turn.
    private var isInterwoven: Bool {
        [0, 1].allSatisfy { start in
            let half = stride(from: start, to: scalars.count, by: 2).map { scalars[$0] }
            return half.count >= 4 && Self.isWalk(half)
        }
    }

    /// Whether three quarters of it are steps of some row or run.
    private static func isWalk(_ scalars: [Unicode.Scalar]) -> Bool {
        guard scalars.count >= 4 else { return false }
        var isStep = [Bool](repeating: false, count: scalars.count)
        for start in 0...(scalars.count - 3) {
            let three = scalars[start..<start + 3]
            guard Set(three).count == 1 || steps.contains(three.text) else { continue }
            for index in start..<start + 3 { isStep[index] = true }
        }
        return isStep.count { !$0 } * 4 <= scalars.count
    }

    /// Every three neighbours of the rows, in both directions.
    private static let steps: Set<String> = {
        var steps: Set<String> = []
        for row in rows {
            for line in [Array(row), row.reversed()] {
                for start in 0...(line.count - 3) { steps.insert(String(line[start..<start + 3])) }
            }
        }
        return steps
    }()

    private static let rows = [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "qwertzuiop",
        "yxcvbnm,.-", "azertyuiop", "qsdfghjklm", "wxcvbn", "!@#$%^&*()_+", "!\"§$%&/()=",
        // Columns of the keyboard, and of the block of digits.
        "1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "147258369", "741852963", "159357",
        "753951", "789456123", "12qwaszx",
    ]

    // MARK: Decorated words

    /// No word is longer, nor twice a word.
    private static let longestCore = 40

    private func isDecorated(_ own: Set<String>) -> Bool {
        let head = scalars.prefix { !$0.isLetter }.count
        let tail = scalars.count - scalars.reversed().prefix { !$0.isLetter }.count
        for start in 0...head where Self.isWeak(scalars[..<start]) {
            // A digit at the end can be the word's own: h3ll0123.
            for end in tail...scalars.count where (1...Self.longestCore).contains(end - start) {
                guard Self.isWeak(scalars[end...]) else { continue }
                let core = scalars[start..<end]
                for word in Self.readings(of: core) + Self.readings(of: core.prefix(Self.period(of: core)))
                where CommonWords.all.contains(word) || own.contains(word) { return true }
            }
        }
        return false
    }

    /// Whether it makes a word no harder to guess: up to four digits and three symbols, or digits in a row.
    private static func isWeak(_ decoration: ArraySlice<Unicode.Scalar>) -> Bool {
        let digits = decoration.filter(\.isDigit)
        guard decoration.count - digits.count <= 3 else { return false }
        return digits.count <= 4 || isWalk(digits) || period(of: digits[...]) <= 4
    }

    /// As it stands, and with the letters that its digits and symbols stand for.
    private static func readings(of core: ArraySlice<Unicode.Scalar>) -> [String] {
        let letters = core.map { disguises[$0] ?? $0 }
        let other = core.map { $0 == "1" || $0 == "!" ? "l" : disguises[$0] ?? $0 }
        return [core.text, letters[...].text, other[...].text]
    }

    private static let disguises: [Unicode.Scalar: Unicode.Scalar] = [
        "0": "o", "1": "i", "!": "i", "|": "i", "3": "e", "€": "e", "4": "a", "@": "a", "5": "s", "$": "s", "7": "t",
        "+": "t", "8": "b", "9": "g",
    ]
}

extension Unicode.Scalar {
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isLetter: Bool { properties.isAlphabetic }
}

extension ArraySlice<Unicode.Scalar> {
    fileprivate var text: String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: self)
        return String(text)
    }
}
