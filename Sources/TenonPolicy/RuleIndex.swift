internal import TenonKit

/// Finds the rules that can match without evaluating all of them, from the matcher's conditions on a rule's fields. If
/// the matcher is a disjunction, each alternative has its own index.
///
/// The index does not change any decision: `matcher` evaluates the same conditions first, so a rule that the index
/// omits is false before anything else in it can fail.
struct RuleIndex: Sendable {
    /// The required value of a rule's field.
    struct Probe: Sendable {
        enum Source: Sendable {
            /// The text of an expression that does not depend on the rule, or the texts of a list.
            case text(MatcherExpression)
            /// The name from the expression, or one of its roles.
            case roles(relation: Int, MatcherExpression, domain: MatcherExpression?)
        }

        let column: Int
        /// At least one of these must match.
        let sources: [Source]

        /// The ids of the texts that the field can have.
        func ids(_ run: inout MatcherRun, _ texts: TextTable) throws(MatcherFault) -> Set<Int32> {
            var ids: Set<Int32> = []
            for source in sources {
                switch source {
                case .text(let expression):
                    switch try run.value(expression) {
                    case .text(let text): if let id = texts.id(of: text) { ids.insert(id) }
                    case .array(let items):
                        try run.count(items.count)
                        ids.formUnion(items.compactMap { $0.stringValue.flatMap { texts.id(of: $0) } })
                    case .number, .computed, .bool, .object, .null: break
                    }
                case .roles(let relation, let name, let domain):
                    for name in try run.names(try run.value(name), of: relation) {
                        ids.formUnion(try run.roles(relation, of: name, domain))
                    }
                }
            }
            return ids
        }
    }

    private struct Alternative: Sendable {
        /// Conditions on the request alone, before any on the rule.
        let guards: [MatcherExpression]
        let probes: [Probe]
        /// By the mixed ids of the probed fields, a range of `order`. The matcher distinguishes fields that mix alike
        /// by chance.
        var ranges: [UInt64: Range<Int32>] = [:]
        var order: [Int32] = []
    }

    /// In each alternative, conditions on the request come first, then those that the index uses.
    let matcher: MatcherExpression
    private var alternatives: [Alternative] = []
    private let count: Int

    /// `fields` contains the ids of each rule's fields, `width` of them.
    init(_ matcher: MatcherExpression, fields: [Int32], width: Int) {
        count = fields.count / max(width, 1)
        var ordered: [MatcherExpression] = []
        for alternative in Self.parts(of: matcher, isOr: true) {
            let demands = Self.parts(of: alternative, isOr: false)
            let guards = Array(demands.prefix { !$0.dependsOnRule })
            var probes: [Probe] = []
            var probed: [MatcherExpression] = []
            var others: [MatcherExpression] = []
            for demand in demands.dropFirst(guards.count) {
                if let probe = Self.probe(demand), !probes.contains(where: { $0.column == probe.column }) {
                    probes.append(probe)
                    probed.append(demand)
                } else {
                    others.append(demand)
                }
            }
            ordered.append(Self.joined(guards + probed + others, by: { .and($0, $1) }))
            var made = Alternative(guards: guards, probes: probes)
            let keys = (0..<count).map { rule in
                Self.mixed(probes.map { fields[rule * width + $0.column] })
            }
            made.order = (0..<Int32(count)).sorted { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
            var start = 0
            while !probes.isEmpty, start < count {
                let key = keys[Int(made.order[start])]
                var end = start
                while end < count, keys[Int(made.order[end])] == key { end += 1 }
                made.ranges[key] = Int32(start)..<Int32(end)
                start = end
            }
            alternatives.append(made)
        }
        self.matcher = Self.joined(ordered, by: { .or($0, $1) })
    }

    /// The matcher's condition on the field, if every alternative has the same one.
    func probe(of column: Int) -> Probe? {
        alternatives.lazy.compactMap { $0.probes.first { $0.column == column } }.first
    }

    /// The rules that can match, in their order. Nil means all of them, also after a failure, which an earlier
    /// alternative or rule may make irrelevant.
    func candidates(_ run: inout MatcherRun, _ texts: TextTable) -> [Int32]? {
        do throws(MatcherFault) {
            return try probed(&run, texts)
        } catch {
            return nil
        }
    }

    private func probed(_ run: inout MatcherRun, _ texts: TextTable) throws(MatcherFault) -> [Int32]? {
        var found: [Int32] = []
        var lists = 0
        for alternative in alternatives {
            guard try Self.holds(alternative.guards, &run) else { continue }
            guard !alternative.probes.isEmpty else { return nil }
            var keys: [UInt64] = [0]
            for probe in alternative.probes {
                let ids = try probe.ids(&run, texts)
                // Probing more combinations than there are rules is slower than evaluating each.
                guard keys.count * ids.count <= count else { return nil }
                keys = keys.flatMap { key in ids.map { Self.mix(key, $0) } }
            }
            for key in keys {
                guard let range = alternative.ranges[key] else { continue }
                found += alternative.order[Int(range.lowerBound)..<Int(range.upperBound)]
                lists += 1
            }
        }
        guard lists > 1 else { return found }
        found.sort()
        var last: Int32 = -1
        found.removeAll { rule in
            defer { last = rule }
            return rule == last
        }
        return found
    }

    private static func holds(
        _ guards: [MatcherExpression], _ run: inout MatcherRun
    ) throws(MatcherFault) -> Bool {
        for expression in guards where try !run.truth(expression) { return false }
        return true
    }

    private static func mixed(_ ids: [Int32]) -> UInt64 { ids.reduce(0, mix) }

    private static func mix(_ key: UInt64, _ id: Int32) -> UInt64 {
        let product = (key ^ UInt64(UInt32(bitPattern: id)) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        return product ^ product >> 29
    }

    /// The parts that `||`, or `&&`, joins.
    private static func parts(of expression: MatcherExpression, isOr: Bool) -> [MatcherExpression] {
        switch expression {
        case .or(let left, let right) where isOr: parts(of: left, isOr: isOr) + parts(of: right, isOr: isOr)
        case .and(let left, let right) where !isOr: parts(of: left, isOr: isOr) + parts(of: right, isOr: isOr)
        default: [expression]
        }
    }

    private static func joined(
        _ parts: [MatcherExpression], by join: (MatcherExpression, MatcherExpression) -> MatcherExpression
    ) -> MatcherExpression {
        parts.dropFirst().reduce(parts[0], join)
    }

    /// The expression's condition on one field of the rule.
    private static func probe(_ expression: MatcherExpression) -> Probe? {
        switch expression {
        case .compare(.equal, .rule(let column), let other) where !other.dependsOnRule,
            .compare(.equal, let other, .rule(let column)) where !other.dependsOnRule:
            return Probe(column: column, sources: [.text(other)])
        case .isOneOf(.rule(let column), let others) where !others.contains(where: \.dependsOnRule):
            return Probe(column: column, sources: others.map { .text($0) })
        case .hasRole(let relation, let name, .rule(let column), let domain)
        where !name.dependsOnRule && domain?.dependsOnRule != true:
            return Probe(column: column, sources: [.roles(relation: relation, name, domain: domain)])
        case .or(let left, let right):
            guard let left = probe(left), let right = probe(right), left.column == right.column else { return nil }
            return Probe(column: left.column, sources: left.sources + right.sources)
        default: return nil
        }
    }
}
