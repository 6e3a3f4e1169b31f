/// Passwords that attackers try first. No list could be long enough, so common modifications are undone before the
/// lookup.
///
/// The following are refused in any case: a common word, or one of the user's own, with up to four digits and three
/// symbols or a sequence of digits on either side, and with digits instead of letters (`P@ssw0rd2024!`); repetitions of
/// a short text (`abcabcabc`); a walk over the keyboard or the alphabet (`1qaz2wsx`, `abcd1234`), also two interleaved
/// ones (`q1w2e3r4`) and with some more characters; and up to ten digits. Two unrelated words pass.
struct CommonPasswords {
    private let scalars: [Unicode.Scalar]

    init(_ text: String) {
        scalars = Array(text.lowercased().unicodeScalars)
    }

    /// Whether it is one of them. `own` are lower-case words that someone who knows the user would try.
    static func contains(_ text: String, own: Set<String> = []) -> Bool {
        let password = CommonPasswords(text)
        return password.isShortNumber || password.isWalk || password.isRepetition || password.isDecorated(own)
    }

    /// Few enough digits to try all of them.
    private var isShortNumber: Bool { scalars.count <= 10 && scalars.allSatisfy(\.isDigit) }

    // MARK: Repetitions

    private var isRepetition: Bool {
        Set(scalars).count <= 2 || Self.period(of: scalars[...]) <= 4
    }

    /// The length of the shortest text whose repetition it is; its own length if it is not a repetition.
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

    /// `1q2w3e4r`: two walks, interleaved step by step.
    private var isInterwoven: Bool {
        [0, 1].allSatisfy { start in
            let half = stride(from: start, to: scalars.count, by: 2).map { scalars[$0] }
            return half.count >= 4 && Self.isWalk(half)
        }
    }

    /// Whether three quarters of it are steps of a row or sequence.
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
        // Columns of the keyboard, and of the numeric keypad.
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
            // A digit at the end can belong to the word: h3ll0123.
            for end in tail...scalars.count where (1...Self.longestCore).contains(end - start) {
                guard Self.isWeak(scalars[end...]) else { continue }
                let core = scalars[start..<end]
                for word in Self.readings(of: core) + Self.readings(of: core.prefix(Self.period(of: core)))
                where CommonWords.all.contains(word) || own.contains(word) { return true }
            }
        }
        return false
    }

    /// Whether it makes a word no harder to guess: up to four digits and three symbols, or a sequence of digits.
    private static func isWeak(_ decoration: ArraySlice<Unicode.Scalar>) -> Bool {
        let digits = decoration.filter(\.isDigit)
        guard decoration.count - digits.count <= 3 else { return false }
        return digits.count <= 4 || isWalk(digits) || period(of: digits[...]) <= 4
    }

    /// The text itself, and with digits and symbols replaced by the letters they resemble.
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
