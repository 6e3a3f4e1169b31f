/// A model and its rules, compiled. Immutable.
final class PolicyProgram: Sendable {
    /// The rules of one set of definitions, in evaluation order.
    struct Rules: Sendable {
        let context: PolicyModel.Context
        /// The ids of each rule's fields, one rule after the other.
        let fields: [Int32]
        /// The document and line of each rule.
        let places: [(document: Int32, line: Int32)]
        /// The effect of each rule; empty if all allow.
        let effects: [RuleEffect]
        /// The conditions for `eval`, by the id of their text.
        let conditions: [Int32: MatcherExpression]
        let index: RuleIndex

        var count: Int { places.count }

        func field(_ column: Int, of rule: Int) -> Int32 { fields[rule * context.rule.count + column] }

        /// Approximate memory.
        var bytes: Int {
            let ofIndex = 4 + 48
            let ofRule = 4 * context.rule.count + MemoryLayout.size(ofValue: (Int32(0), Int32(0))) + 1 + ofIndex
            return 512 + count * ofRule + conditions.values.reduce(0) { $0 + $1.bytes }
        }

        func text(_ column: Int, of rule: Int, in program: PolicyProgram) -> String {
            program.texts[field(column, of: rule)]
        }

        func effect(of rule: Int) -> RuleEffect { effects.isEmpty ? .allow : effects[rule] }
    }

    let texts: TextTable
    /// In the order of the model's definitions.
    let relations: [RoleGraph]
    let sets: [String: Rules]
    /// The model's errors.
    let faults: [String: PolicySyntaxError]
    let patterns = PatternCache()
    /// Approximate memory, including the patterns that it may cache.
    let bytes: Int

    init(_ model: PolicyModel, _ documents: [PolicyRules], wereTried: Bool) throws(PolicyDocumentError) {
        faults = model.faults
        var compiler = PolicyCompiler(model, wereTried: wereTried)
        for (index, document) in documents.enumerated() {
            do throws(PolicySyntaxError) {
                try compiler.add(document, index)
            } catch {
                throw PolicyDocumentError(document: index, error: error)
            }
        }
        sets = compiler.sets()
        relations = compiler.relations
        texts = compiler.texts
        let usesPatterns = sets.values.contains { rules in
            rules.context.matcher.usesPatterns || rules.conditions.values.contains(where: \.usesPatterns)
        }
        bytes =
            texts.bytes + sets.values.reduce(0) { $0 + $1.bytes } + relations.reduce(0) { $0 + 160 * $1.count }
            + (usesPatterns ? min(PatternCache.capacity, 64 << 10 + 64 * texts.bytes) : 0)
    }
}

extension MatcherExpression {
    /// Approximate memory: each part is a separate allocation.
    fileprivate var bytes: Int {
        var bytes = 0
        visit { part in
            bytes += 64
            switch part {
            case .literal(.text(let text)): bytes += 32 + text.utf8.count
            case .member(_, let name): bytes += name.utf8.count
            default: break
            }
        }
        return bytes
    }

    fileprivate var usesPatterns: Bool {
        var usesPatterns = false
        visit { part in
            if case .call(let function, _) = part, function.pattern != nil { usesPatterns = true }
        }
        return usesPatterns
    }
}

/// A syntax error, with the index of its document.
public struct PolicyDocumentError: Error, Sendable {
    /// From 0.
    public let document: Int
    public let error: PolicySyntaxError
}

/// Combines the rules of several documents.
struct PolicyCompiler {
    private struct Row {
        let fields: [Int32]
        let document: Int32
        let line: Int32
    }

    private struct PatternUse: Hashable {
        let kind: MatcherPattern
        let text: Int32
    }

    private let model: PolicyModel
    private let wereTried: Bool
    private var rows: [String: [Row]] = [:]
    private var seen: [String: Set<[Int32]>] = [:]
    /// By the suffix of the set and the text's id.
    private var conditions: [String: [Int32: MatcherExpression]] = [:]
    private var checked: Set<PatternUse> = []
    private(set) var texts = TextTable()
    private(set) var relations: [RoleGraph]
    /// For each kind of rule: the columns with conditions and those with patterns, for every set.
    private let conditionColumns: [String: [(suffix: String, column: Int)]]
    private let patternColumns: [String: [(kind: MatcherPattern, column: Int)]]
    private let priorityColumns: [String: Int]

    init(_ model: PolicyModel, wereTried: Bool) {
        self.model = model
        self.wereTried = wereTried
        relations = model.roleDefinitions.map { RoleGraph($0.name) }
        var conditionColumns: [String: [(suffix: String, column: Int)]] = [:]
        var patternColumns: [String: [(kind: MatcherPattern, column: Int)]] = [:]
        var priorityColumns: [String: Int] = [:]
        for (suffix, context) in model.contexts {
            context.matcher.visit { part in
                if case .condition(let column) = part {
                    conditionColumns[context.ruleType, default: []].append((suffix, column))
                }
                if case .call(let function, let arguments) = part, let kind = function.pattern,
                    case .rule(let column) = arguments[1]
                {
                    patternColumns[context.ruleType, default: []].append((kind, column))
                }
            }
            if context.effect == .priority, let column = context.column("priority") {
                priorityColumns[context.ruleType] = column
            }
        }
        self.conditionColumns = conditionColumns
        self.patternColumns = patternColumns
        self.priorityColumns = priorityColumns
        _ = texts.insert("")
    }

    mutating func add(_ document: PolicyRules, _ number: Int) throws(PolicySyntaxError) {
        for rule in document.rules {
            func fault(_ reason: String, _ field: Int = -1) -> PolicySyntaxError {
                PolicySyntaxError(.invalidRule, reason, at: document.place(of: rule, field: field))
            }
            if let relation = model.roleDefinitions.firstIndex(where: { $0.name == rule.type }) {
                let definition = model.roleDefinitions[relation]
                // Values after the relation's own are ignored, as in Casbin.
                guard rule.fields.count >= definition.width else {
                    throw fault("'\(rule.type)' must have \(definition.width) values")
                }
                let period = try period(of: rule, definition, fault)
                let ids = rule.fields.prefix(definition.width + (period == .always ? 0 : 2)).map { texts.insert($0) }
                guard seen[rule.type, default: []].insert(ids).inserted else { continue }
                relations[relation].add(ids[0], ids[1], in: definition.hasDomain ? ids[2] : 0, during: period)
                continue
            }
            guard let context = model.contexts.values.first(where: { $0.ruleType == rule.type }) else {
                if model.faultyRuleTypes.contains(rule.type) { continue }
                throw fault("the model does not define '\(rule.type)'")
            }
            guard rule.fields.count == context.rule.count else {
                let wanted = context.rule.count
                let reason =
                    "'\(rule.type)' must have \(wanted) values (\(context.rule.joined(separator: ", "))), "
                    + "got \(rule.fields.count)"
                guard rule.fields.count > wanted else { throw fault(reason) }
                throw fault(reason + "; quote a value with commas", wanted)
            }
            if let column = priorityColumns[rule.type], Int(rule.fields[column]) == nil {
                throw fault("a priority must be an integer", column)
            }
            let ids = rule.fields.map { texts.insert($0) }
            guard seen[rule.type, default: []].insert(ids).inserted else { continue }
            try compile(rule, ids, document)
            rows[rule.type, default: []].append(
                Row(fields: ids, document: Int32(number), line: Int32(rule.line)))
        }
    }

    /// The two values after the relation's own, which are optional. In rules that were stored before these values had a
    /// meaning, they are ignored.
    private func period(
        of rule: PolicyRule, _ definition: PolicyModel.RoleDefinition, _ fault: (String, Int) -> PolicySyntaxError
    ) throws(PolicySyntaxError) -> RolePeriod {
        guard definition.isTimed, rule.fields.count > definition.width else { return .always }
        var bounds: [RolePeriod.Bound] = []
        for field in definition.width...definition.width + 1 {
            guard rule.fields.indices.contains(field), let bound = RolePeriod.Bound(rule.fields[field]) else {
                if wereTried { return .always }
                throw fault(
                    "the period must be two times, such as 2026-01-31 08:00:00 in UTC, or _ for no limit",
                    min(field, rule.fields.count - 1))
            }
            bounds.append(bound)
        }
        return RolePeriod(from: bounds[0].moment, until: bounds[1].moment)
    }

    /// Parses the rule's conditions and checks its patterns.
    private mutating func compile(
        _ rule: PolicyRule, _ ids: [Int32], _ document: PolicyRules
    ) throws(PolicySyntaxError) {
        for (suffix, column) in conditionColumns[rule.type] ?? [] where conditions[suffix]?[ids[column]] == nil {
            guard let context = model.contexts[suffix] else { continue }
            let source = document.source(of: rule, field: column)
            var parser = MatcherParser(
                source, 0..<source.bytes.count, context.names, isCondition: true, checksPatterns: !wereTried)
            conditions[suffix, default: [:]][ids[column]] = try parser.expression()
        }
        for (kind, column) in patternColumns[rule.type] ?? [] {
            guard checked.insert(PatternUse(kind: kind, text: ids[column])).inserted,
                let reason = kind.fault(in: rule.fields[column])
            else { continue }
            throw PolicySyntaxError(
                .invalidRule, reason, at: document.place(of: rule, field: column))
        }
    }

    func sets() -> [String: PolicyProgram.Rules] {
        var sets: [String: PolicyProgram.Rules] = [:]
        for (suffix, context) in model.contexts {
            let rows = ordered(rows[context.ruleType] ?? [], context)
            let fields = rows.flatMap(\.fields)
            let effects = context.column("eft").map { column in
                rows.map { RuleEffect(texts[$0.fields[column]]) }
            }
            sets[suffix] = PolicyProgram.Rules(
                context: context, fields: fields, places: rows.map { ($0.document, $0.line) },
                effects: effects ?? [], conditions: conditions[suffix] ?? [:],
                index: RuleIndex(context.matcher, fields: fields, width: context.rule.count))
        }
        return sets
    }

    /// The rows in evaluation order.
    private func ordered(_ rows: [Row], _ context: PolicyModel.Context) -> [Row] {
        func sorted(by key: (Row) -> Int) -> [Row] {
            let keys = rows.map(key)
            return rows.indices.sorted { (keys[$0], $0) < (keys[$1], $1) }.map { rows[$0] }
        }
        switch context.effect {
        case .priority:
            guard let column = context.column("priority") else { return rows }
            return sorted { Int(texts[$0.fields[column]]) ?? 0 }
        case .subjectPriority:
            guard let relation = relations.first else { return rows }
            let domain = context.column("dom")
            var known: [Int64: Int] = [:]
            return sorted { row in
                -relation.depth(of: row.fields[0], in: domain.map { row.fields[$0] } ?? 0, &known)
            }
        case .allowOverride, .denyOverride, .allowAndDeny: return rows
        }
    }
}
