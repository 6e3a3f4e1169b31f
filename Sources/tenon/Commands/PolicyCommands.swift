internal import ArgumentParser
internal import Glibc
internal import TenonDomain
internal import TenonKit
internal import TenonMemory
internal import TenonPolicy

/// `tenon policy eval --model M --policy P --requests R [--context N] [--at TIME]`
struct PolicyCommands: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Test policies in Casbin's language.", subcommands: [Eval.self])

    struct Eval: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Evaluate requests against a model and a policy.",
            discussion: """
                Prints 'true' or 'false' for each line of the requests. A line has comma-separated values; a quoted \
                value that is a JSON object has attributes. Empty lines and lines that begin with '#' are ignored. A \
                request that cannot be decided is denied, and standard error shows the reason.
                """)

        @Option(help: "The file with the model.") var model: String
        @Option(help: "The file with the policy.") var policy: String
        @Option(help: "The file with the requests.") var requests: String
        @Option(help: "The set of definitions to use: 2 for r2, p2, e2 and m2.") var context = ""

        @Option(
            help: "The time of the decision: RFC 3339, or '2026-01-31 08:00:00' in UTC. Default: now.",
            transform: { text in
                guard let time = Timestamp(text) ?? Timestamp(text + "Z") else {
                    throw ValidationError("must be a time such as 2026-01-31T08:00:00Z, got '\(text)'.")
                }
                return time
            }) var at: Timestamp?

        func run() throws {
            let now = at ?? SystemClock().now()
            let model = try Self.reading(self.model, PolicyModel.init)
            let rules = try Self.reading(policy) { text throws(PolicySyntaxError) in try PolicyRules(text) }
            let engine = try engine(model, rules)
            if let fault = model.faults[context] {
                throw Failure.invalid(fault.code.rawValue, Self.told(fault, in: self.model))
            }
            guard model.contextNames.contains(context) else {
                throw ValidationError("The model has no 'm\(context)'.")
            }
            for (context, fault) in model.faults.sorted(by: { $0.key < $1.key }) {
                Self.warn("\(Self.told(fault, in: self.model)); m\(context) cannot be used")
            }
            // By scalars: a line may end with CR and LF, which are one character.
            let lines = try Self.text(of: requests).unicodeScalars
                .split(separator: "\n", omittingEmptySubsequences: false)
            for (index, line) in lines.enumerated() {
                do throws(PolicySyntaxError) {
                    guard let values = try PolicyRequestLine.values(String(line), number: index + 1) else { continue }
                    let decision = engine.decide(values, context: context, at: now)
                    print(decision.isAllowed)
                    if let fault = decision.fault { Self.warn("\(requests):\(index + 1): \(fault); denied") }
                } catch {
                    print(false)
                    Self.warn(Self.told(error, in: requests) + "; denied")
                }
            }
        }

        private func engine(_ model: PolicyModel, _ rules: PolicyRules) throws(Failure) -> PolicyEngine {
            do throws(PolicyDocumentError) {
                return try PolicyEngine(model: model, documents: [rules])
            } catch {
                throw .invalid(error.error.code.rawValue, Self.told(error.error, in: policy))
            }
        }

        private static func reading<Value>(
            _ path: String, _ read: (String) throws(PolicySyntaxError) -> Value
        ) throws(Failure) -> Value {
            let text = try text(of: path)
            do throws(PolicySyntaxError) {
                return try read(text)
            } catch {
                throw .invalid(error.code.rawValue, told(error, in: path))
            }
        }

        /// Without a byte order mark.
        private static func text(of path: String) throws(Failure) -> String {
            let text = try InputFile.text("@" + path, named: path).unicodeScalars
            return String(text.first == "\u{FEFF}" ? text.dropFirst() : text[...])
        }

        /// In the format of compiler errors.
        private static func told(_ error: PolicySyntaxError, in path: String) -> String {
            "\(path):\(error.place.line):\(error.place.column): \(error.reason)"
        }

        private static func warn(_ line: String) {
            let text = "tenon: \(line)\n"
            _ = write(STDERR_FILENO, text, text.utf8.count)
        }
    }
}
