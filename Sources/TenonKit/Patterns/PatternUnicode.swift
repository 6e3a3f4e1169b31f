/// General categories (the Unicode Standard, section 4.5) as bits of a word.
enum UnicodeCategory {
    /// By their bit number.
    private static let names = [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe",
        "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Cn",
    ]

    static func bit(of scalar: Unicode.Scalar) -> UInt32 {
        let number: UInt32 =
            switch scalar.properties.generalCategory {
            case .uppercaseLetter: 0
            case .lowercaseLetter: 1
            case .titlecaseLetter: 2
            case .modifierLetter: 3
            case .otherLetter: 4
            case .nonspacingMark: 5
            case .spacingMark: 6
            case .enclosingMark: 7
            case .decimalNumber: 8
            case .letterNumber: 9
            case .otherNumber: 10
            case .connectorPunctuation: 11
            case .dashPunctuation: 12
            case .openPunctuation: 13
            case .closePunctuation: 14
            case .initialPunctuation: 15
            case .finalPunctuation: 16
            case .otherPunctuation: 17
            case .mathSymbol: 18
            case .currencySymbol: 19
            case .modifierSymbol: 20
            case .otherSymbol: 21
            case .spaceSeparator: 22
            case .lineSeparator: 23
            case .paragraphSeparator: 24
            case .control: 25
            case .format: 26
            case .surrogate: 27
            case .privateUse: 28
            case .unassigned: 29
            @unknown default: 31
            }
        return 1 << number
    }

    /// The bits of a name such as `Lu`, of all with a first letter such as `L`, of `LC` (letters with case) or of
    /// `Any`; nil for another name.
    package static func bits(named name: String) -> UInt32? {
        if name == "Any" { return .max }
        if name == "LC" { return bits(named: "Lu")! | bits(named: "Ll")! | bits(named: "Lt")! }
        var found: UInt32 = 0
        for (index, entry) in names.enumerated() where entry == name || entry.prefix(1) == name {
            found |= 1 << UInt32(index)
        }
        return found == 0 ? nil : found
    }
}

/// Scalars that differ only in case, by simple case folding (Unicode's `CaseFolding.txt`, statuses C and S).
enum CaseVariants {
    /// Every scalar with the same folding, including this one; nil if it is the only one.
    static func of(_ scalar: UInt32) -> [UInt32]? {
        guard scalar < 0x80 else { return groups[scalar] }
        let lower = scalar | 0x20
        guard 0x61...0x7A ~= lower else { return nil }
        switch lower {
        case 0x6B: return [0x4B, 0x6B, 0x212A]  // The Kelvin sign.
        case 0x73: return [0x53, 0x73, 0x17F]  // The long s.
        default: return [lower - 0x20, lower]
        }
    }

    /// Created on first use, in some milliseconds. No scalar from U+20000 on has case.
    private static let groups: [UInt32: [UInt32]] = {
        var byFolding: [UInt32: [UInt32]] = [:]
        for value in UInt32(0)..<0x20000 {
            guard let scalar = Unicode.Scalar(value), scalar.properties.changesWhenCaseMapped else { continue }
            byFolding[folding(of: scalar).value, default: []].append(value)
        }
        var groups: [UInt32: [UInt32]] = [:]
        for group in byFolding.values where group.count > 1 {
            for value in group { groups[value] = group }
        }
        return groups
    }()

    private static func folding(of scalar: Unicode.Scalar) -> Unicode.Scalar {
        // The dotless i folds to itself, although its upper case belongs to another letter.
        if scalar == "\u{131}" { return scalar }
        let upper = only(scalar.properties.uppercaseMapping) ?? scalar
        return only(upper.properties.lowercaseMapping) ?? scalar
    }

    private static func only(_ mapping: String) -> Unicode.Scalar? {
        mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
    }
}
