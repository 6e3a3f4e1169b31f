public import TenonKit

/// A policy in Casbin's language, compiled for fast decisions: a decision evaluates only the rules that can match the
/// model's matcher (see `RuleIndex`), so its time does not grow with their number. A value: a changed policy is a new
/// one.
///
/// A rule that allows does not match if it cannot be evaluated, because an attribute is missing or has the wrong kind.
/// Every other failure denies the request: in a rule that denies, in a rule of a model that allows by default, a wrong
/// number of values, too much work.
public struct PolicyEngine: Sendable {
    /// The maximum steps (parts of expressions, plus the cost of matches and comparisons) of a decision that delays
    /// nobody else: about half a second.
    public static let maxSteps = 50_000_000
    /// The maximum steps while others wait: about two milliseconds.
    public static let stepsOfRequest = 200_000

    private let program: PolicyProgram
    private let steps: Int

    /// Compiles the rules of all documents as one policy; duplicate rules count once. A decision that takes more than
    /// `steps` is denied. Fails with the first invalid rule. For rules that `wereTried` when they were stored, patterns
    /// and times are not checked again: a pattern that is invalid by now fails when it is evaluated, and invalid times
    /// are ignored, as they were then.
    public init(
        model: PolicyModel, documents: [PolicyRules], wereTried: Bool = false, steps: Int = maxSteps
    ) throws(PolicyDocumentError) {
        self.steps = steps
        program = try PolicyProgram(model, documents, wereTried: wereTried)
    }

    /// Compiles the texts of a model and a policy.
    public init(model: String, policy: String) throws(PolicySyntaxError) {
        let model = try PolicyModel(model)
        let rules = try PolicyRules(policy)
        do throws(PolicyDocumentError) {
            try self.init(model: model, documents: [rules])
        } catch {
            throw error.error
        }
    }

    /// The errors of unusable sets of definitions, by their context.
    public var faults: [String: PolicySyntaxError] { program.faults }

    /// Approximate memory.
    public var bytes: Int { program.bytes }

    /// The role names of the first cycle; nil if there is none.
    public var roleCycle: [String]? {
        program.relations.lazy.compactMap { $0.cycle() }.first?.map { program.texts[$0] }
    }

    /// The first name whose roles cannot all be followed, because the chain is too long; nil if there is none. Requires
    /// that there is no cycle.
    public var deepRole: String? {
        program.relations.lazy.compactMap { $0.tooDeep() }.first.map { program.texts[$0] }
    }

    /// Decides a request, whose values are in the order of the model's definition. `context` is the number of the set
    /// of definitions, such as `"2"` for `m2`; `now` selects the roles of a limited period.
    public func decide(_ request: [JSONValue], context: String = "", at now: Timestamp) -> PolicyDecision {
        decide(request, context: context, .at(now))
    }

    package func decide(_ request: [JSONValue], context: String, _ time: DecisionTime) -> PolicyDecision {
        var meter = StepMeter(steps)
        return decide(request, context, time, &meter)
    }

    /// The same, charged to the caller's budget. A decision that takes too many steps denies nothing: it fails with
    /// `tooMuchWork`, or as `WorkBudget.spend` does.
    public func decide(
        _ request: [JSONValue], context: String = "", at now: Timestamp, charging budget: WorkBudget
    ) throws(KitError) -> PolicyDecision {
        var meter = StepMeter(steps, of: budget)
        let decision = decide(request, context, .at(now), &meter)
        try meter.settle()
        guard !meter.isExhausted else { throw Self.tooMuchWork }
        return decision
    }

    private static let tooMuchWork = KitError.tooMuchWork(
        "The policy's conditions take more work than one decision may; make them simpler.")

    private func decide(
        _ request: [JSONValue], _ context: String, _ time: DecisionTime, _ meter: inout StepMeter
    ) -> PolicyDecision {
        do throws(MatcherFault) {
            let rules = try rules(for: request, context)
            var run = MatcherRun(program, rules, request, time, meter)
            defer { meter = run.meter }
            return try decide(&run, rules)
        } catch {
            // Also for a pattern that is too large to try.
            if case .tooMuchWork = error { meter.exhaust() }
            return PolicyDecision(isAllowed: false, rule: nil, fault: error.description)
        }
    }

    /// Decides a request, and tells of all rules that match, in the order in which they are asked; at most `limit`. Fails
    /// as `WorkBudget.spend` does, and with `tooMuchWork` where the rules that match cannot all be found.
    public func explain(
        _ request: [JSONValue], context: String = "", at now: Timestamp, limit: Int = 1000,
        charging budget: WorkBudget = .unlimited
    ) throws(KitError) -> PolicyExplanation {
        var meter = StepMeter(steps, of: budget)
        let decision = decide(request, context, .at(now), &meter)
        try meter.settle()
        var matching: [PolicyMatch] = []
        guard !meter.isExhausted, let rules = try? rules(for: request, context) else {
            return PolicyExplanation(decision: decision, matching: [])
        }
        var run = MatcherRun(program, rules, request, .at(now), StepMeter(Self.maxSteps, of: budget))
        let candidates = rules.index.candidates(&run, program.texts)
        for rule in candidates?.map({ Int($0) }) ?? Array(0..<rules.count) where !run.meter.isExhausted {
            run.rule = rule
            guard matching.count < limit, (try? run.truth(rules.index.matcher)) == true else { continue }
            matching.append(match(rule, rules))
        }
        meter = run.meter
        try meter.settle()
        guard !meter.isExhausted else { throw Self.tooMuchWork }
        return PolicyExplanation(decision: decision, matching: matching)
    }

    /// The rules of the subject and its roles, regardless of their other conditions; at most `limit`. The subject is
    /// the model's column `sub`, or its first column; with a domain only the rules of that domain count.
    public func permissions(
        of subject: JSONValue, in domain: String? = nil, context: String = "", at now: Timestamp, limit: Int = 10_000
    ) -> [PolicyMatch] {
        guard let rules = program.sets[context] else { return [] }
        let column = rules.context.column("sub") ?? 0
        let domainColumn = rules.context.column("dom")
        let request = rules.context.request.map { name -> JSONValue in
            switch name {
            case "dom": .string(domain ?? "")
            case rules.context.rule[column]: subject
            default: .null
            }
        }
        var run = MatcherRun(program, rules, request, .at(now), StepMeter(steps))
        let probed = rules.index.probe(of: column).flatMap { try? $0.ids(&run, program.texts) }
        let ids = probed ?? Set([subject.stringValue.flatMap { program.texts.id(of: $0) }].compactMap(\.self))
        var found: [PolicyMatch] = []
        for rule in 0..<rules.count where found.count < limit && ids.contains(rules.field(column, of: rule)) {
            if let domain, let domainColumn, !sameBytes(rules.text(domainColumn, of: rule, in: program), domain) {
                continue
            }
            found.append(match(rule, rules))
        }
        return found
    }

    /// The first rule whose condition cannot be evaluated for the request, and why.
    public func conditionFault(
        for request: [JSONValue], context: String = "", at now: Timestamp
    ) -> (rule: PolicyMatch, column: Int, fault: String)? {
        guard let rules = try? rules(for: request, context) else { return nil }
        var columns: [Int] = []
        rules.context.matcher.visit { part in
            if case .condition(let column) = part { columns.append(column) }
        }
        // Each gets the limit of a decision, and all of them together a tenth of a second.
        var left = max(steps, 10_000_000)
        for rule in 0..<rules.count {
            let most = min(steps, left)
            var run = MatcherRun(program, rules, request, .at(now), StepMeter(most))
            run.rule = rule
            defer { left -= most - run.meter.left }
            for column in columns {
                do throws(MatcherFault) {
                    _ = try run.truth(.condition(column))
                } catch {
                    return (match(rule, rules), column, error.description)
                }
            }
        }
        return nil
    }

    private func rules(for request: [JSONValue], _ context: String) throws(MatcherFault) -> PolicyProgram.Rules {
        guard let rules = program.sets[context] else {
            throw program.faults[context].map { .unreadable("\($0.place): \($0.reason)") } ?? .unknownContext
        }
        guard request.count == rules.context.request.count else { throw .wrongSize(rules.context.request.count) }
        return rules
    }

    private func decide(
        _ run: inout MatcherRun, _ rules: PolicyProgram.Rules
    ) throws(MatcherFault) -> PolicyDecision {
        var merge = EffectMerge(rules.context.effect)
        /// The failure of the first rule that was skipped because it could not be evaluated.
        var passedOver: MatcherFault?
        /// Whether that settles the decision.
        func ask(_ rule: Int) throws(MatcherFault) -> Bool {
            run.rule = rule
            // Without rules the matcher itself is evaluated; a failure denies.
            let matcher = rule == MatcherRun.emptyRule ? rules.context.matcher : rules.index.matcher
            do throws(MatcherFault) {
                guard try run.truth(matcher) else { return false }
            } catch {
                guard rules.isPassedOver(rule, for: error) else { throw error }
                passedOver = passedOver ?? error
                return false
            }
            merge.add(rule, rule == MatcherRun.emptyRule ? .allow : rules.effect(of: rule))
            return merge.decision != nil
        }
        if rules.count == 0 {
            // As in Casbin: a matcher that does not use rules can be true without any.
            _ = try ask(MatcherRun.emptyRule)
        } else if let candidates = rules.index.candidates(&run, program.texts) {
            for rule in candidates where try ask(Int(rule)) { break }
        } else {
            for rule in 0..<rules.count where try ask(rule) { break }
        }
        let (isAllowed, rule) = merge.final
        let decidedBy = rule.flatMap { $0 == MatcherRun.emptyRule ? nil : match($0, rules) }
        let fault = isAllowed || decidedBy != nil ? nil : passedOver
        return PolicyDecision(isAllowed: isAllowed, rule: decidedBy, fault: fault?.description)
    }

    private func match(_ rule: Int, _ rules: PolicyProgram.Rules) -> PolicyMatch {
        PolicyMatch(program: program, rules: rules, rule: rule)
    }
}

extension PolicyProgram.Rules {
    /// Whether a rule that cannot be evaluated counts as not matching, because it could not deny.
    fileprivate func isPassedOver(_ rule: Int, for fault: MatcherFault) -> Bool {
        if case .tooMuchWork = fault { return false }
        switch context.effect {
        case .denyOverride: return false
        // Here a rule that denies has no effect.
        case .allowOverride: return rule != MatcherRun.emptyRule
        case .allowAndDeny, .priority, .subjectPriority:
            return rule != MatcherRun.emptyRule && effect(of: rule) != .deny
        }
    }
}

/// The outcome of a request.
public struct PolicyDecision: Sendable {
    public let isAllowed: Bool
    /// The rule that decided; nil if none did.
    public let rule: PolicyMatch?
    /// The error, as text; then the request is denied.
    public let fault: String?
}

/// The outcome of a request, and every matching rule.
public struct PolicyExplanation: Sendable {
    public let decision: PolicyDecision
    public let matching: [PolicyMatch]
}

/// A matching rule. Created without copying the rule: its texts are looked up on demand.
public struct PolicyMatch: Sendable {
    private let program: PolicyProgram
    private let rules: PolicyProgram.Rules
    private let rule: Int

    init(program: PolicyProgram, rules: PolicyProgram.Rules, rule: Int) {
        self.program = program
        self.rules = rules
        self.rule = rule
    }

    /// The index of its document in the policy, from 0, and its line, from 1.
    public var document: Int { Int(rules.places[rule].document) }
    public var line: Int { Int(rules.places[rule].line) }
    public var effect: RuleEffect { rules.effect(of: rule) }
    /// `p` or `p2`.
    public var type: String { rules.context.ruleType }

    /// The rule's values, in the order of the model's definition.
    public var fields: [String] {
        rules.context.rule.indices.map { rules.text($0, of: rule, in: program) }
    }

    /// The rule as a line of the policy.
    public var text: String {
        ([type] + fields).map { field in
            let isPlain = field.utf8.allSatisfy { $0 != .comma && $0 != .quote && $0 != UInt8(ascii: "#") }
            return isPlain ? field : "\"" + field.replacing("\"", with: "\"\"") + "\""
        }.joined(separator: ", ")
    }

    /// The value of the column; nil if the model has no such column.
    public func field(_ name: String) -> String? {
        rules.context.column(name).map { rules.text($0, of: rule, in: program) }
    }
}
