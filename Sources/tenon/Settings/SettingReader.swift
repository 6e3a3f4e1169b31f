internal import Configuration

/// An invalid variable. The one-line message never shows a secret.
struct SettingError: Error, CustomStringConvertible {
    let description: String

    init(_ name: String, _ problem: String) {
        description = "\(name): \(problem)"
    }
}

/// Reads declared variables from the environment and, in `dev`, from `.env`.
struct SettingReader {
    private let reader: ConfigReader

    /// Fails on a name that begins with `TENON_` and is not declared.
    init(_ environment: [String: String], file: [String: String] = [:]) throws(SettingError) {
        for name in environment.keys.sorted() + file.keys.sorted()
        where name.hasPrefix("TENON_") && SettingDeclaration.declared(name) == nil {
            throw SettingError(name, "unknown setting; docs/settings.md lists all settings")
        }
        reader = ConfigReader(providers: [
            EnvironmentVariablesProvider(environmentVariables: environment),
            EnvironmentVariablesProvider(environmentVariables: file),
        ])
    }

    /// The text of a variable; nil if it is unset or empty.
    func text(_ name: String) -> String? {
        let key = ConfigKey(name.lowercased().split(separator: "_").map(String.init))
        guard let text = reader.string(forKey: key, isSecret: true), !text.isEmpty else { return nil }
        return text
    }

    /// Comma-separated items without surrounding spaces; empty if the variable is unset.
    func list(_ name: String) -> [String] {
        (text(name) ?? "").split(separator: ",").map { item in
            String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }

    /// A list of value objects. The error shows the first invalid item.
    func list<Value>(_ name: String, as parse: (String) -> Value?) throws(SettingError) -> [Value] {
        try list(name).map { item throws(SettingError) in
            guard let value = parse(item) else { throw SettingError(name, "has an invalid item: \(item.prefix(64))") }
            return value
        }
    }

    /// A whole number within the declared range.
    func integer(_ name: String, default standard: Int) throws(SettingError) -> Int {
        guard let range = SettingDeclaration.declared(name)?.range else {
            throw SettingError(name, "is not declared as a whole number")
        }
        guard let text = text(name) else { return standard }
        guard let number = Int(text), range.contains(number) else {
            throw SettingError(
                name, "must be a whole number from \(range.lowerBound) to \(range.upperBound), got \(text.prefix(64))")
        }
        return number
    }

    func flag(_ name: String, default standard: Bool) throws(SettingError) -> Bool {
        switch text(name)?.lowercased() {
        case nil: standard
        case "true"?, "1"?, "yes"?: true
        case "false"?, "0"?, "no"?: false
        case .some: throw SettingError(name, "must be true or false, got \(text(name)?.prefix(64) ?? "")")
        }
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, default standard: Choice
    ) throws(SettingError) -> Choice {
        guard let text = text(name) else { return standard }
        guard let choice = Choice(rawValue: text.lowercased()) else {
            let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError(name, "must be one of \(choices), got \(text.prefix(64))")
        }
        return choice
    }
}
