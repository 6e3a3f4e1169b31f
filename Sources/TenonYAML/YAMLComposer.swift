internal import TenonDomain
internal import TenonKit

/// Builds a value from events. Limits nesting when it is opened, values when they are counted, and repetition by
/// aliases before it happens.
struct YAMLComposer {
    /// A value, and the cost of repeating it.
    private struct Node {
        let value: JSONValue
        /// The number of its values, including itself.
        var values = 1
        /// The length of its texts and names.
        var bytes = 0
        /// The nesting of its sequences and mappings.
        var depth = 0
    }

    /// The maximum bytes that aliases repeat in total.
    private static let maxAliasBytes = 1 << 20

    private let events: YAMLEvents
    private let limits: JSONLimits
    /// Nil while the node with the anchor is being built.
    private var anchors: [String: Node?] = [:]
    private var values = 0
    private var aliasBytes = 0
    private var memberLines: [Int] = []
    private var configLines: [Int] = []

    init(_ events: YAMLEvents, _ limits: JSONLimits) {
        self.events = events
        self.limits = limits
    }

    /// The single document of the stream.
    mutating func document() throws(Violation) -> ConfigDocumentTree {
        guard case .documentStart = try events.next().kind else {
            throw .inDocument(line: 1, code: "invalid_yaml", "expected a document")
        }
        let root = try node(events.next(), depth: 0)
        _ = try events.next()
        let end = try events.next()
        guard case .streamEnd = end.kind else {
            throw .inDocument(
                line: end.line, code: "invalid_yaml", "a second document begins here; only one is allowed")
        }
        return ConfigDocumentTree(value: root.value, memberLines: memberLines, configLines: configLines)
    }

    /// The node that begins with the event, nested `depth` levels; `isConfigs` means the root's member with that name.
    private mutating func node(_ event: YAMLEvent, depth: Int, isConfigs: Bool = false) throws(Violation) -> Node {
        if case .alias(let name) = event.kind { return try repeated(name, at: event.line, depth: depth) }
        values += 1
        try checkCount(at: event.line)
        // Updated in place, because assigning nil would remove the name.
        if let anchor = event.anchor { anchors.updateValue(nil, forKey: anchor) }
        let node: Node
        switch event.kind {
        case .sequenceStart:
            try open(event, tag: "seq", depth: depth)
            node = try sequence(depth: depth + 1, isConfigs: isConfigs)
        case .mappingStart:
            try open(event, tag: "map", depth: depth)
            node = try mapping(depth: depth + 1)
        case .scalar(let text, let isPlain):
            let value = try YAMLScalar.value(of: text, isPlain: isPlain, tag: event.tag, line: event.line)
            node = Node(value: value, bytes: text.utf8.count)
        case .documentStart, .documentEnd, .streamEnd, .sequenceEnd, .mappingEnd, .alias:
            throw .inDocument(line: event.line, code: "invalid_yaml", "expected a value")
        }
        if let anchor = event.anchor { anchors.updateValue(node, forKey: anchor) }
        return node
    }

    private func open(_ event: YAMLEvent, tag: String, depth: Int) throws(Violation) {
        guard depth < limits.depth else { throw .nestingTooDeep(line: event.line) }
        guard event.tag == nil || event.tag == YAMLScalar.core + tag else { throw .tagRefused(line: event.line) }
    }

    private func checkCount(at line: Int) throws(Violation) {
        guard values <= limits.values else {
            throw .inDocument(line: line, code: "too_many_values", "the document has too many values")
        }
    }

    private mutating func repeated(_ name: String, at line: Int, depth: Int) throws(Violation) -> Node {
        guard let known = anchors[name] else {
            throw .inDocument(line: line, code: "invalid_yaml", "this alias has no anchor before it")
        }
        guard let node = known else {
            throw .inDocument(line: line, code: "invalid_yaml", "the alias refers to a node that contains it")
        }
        values += node.values
        aliasBytes += node.bytes
        guard values <= limits.values, aliasBytes <= Self.maxAliasBytes else {
            throw .inDocument(line: line, code: "too_many_values", "the document's aliases repeat too many values")
        }
        guard depth + node.depth <= limits.depth else { throw .nestingTooDeep(line: line) }
        return node
    }

    private mutating func sequence(depth: Int, isConfigs: Bool) throws(Violation) -> Node {
        var elements: [JSONValue] = []
        var (values, bytes, inner) = (1, 0, 0)
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { break }
            if isConfigs { configLines.append(event.line) }
            let element = try node(event, depth: depth)
            elements.append(element.value)
            values += element.values
            bytes += element.bytes
            inner = max(inner, element.depth)
        }
        return Node(value: .array(elements), values: values, bytes: bytes, depth: inner + 1)
    }

    private mutating func mapping(depth: Int) throws(Violation) -> Node {
        var members = JSONObject()
        var lines: [Int] = []
        var merged: (node: Node, line: Int)?
        var (values, bytes, inner) = (1, 0, 0)
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { break }
            let isMerge = isMergeKey(event)
            let name = try key(event)
            let value = try node(events.next(), depth: depth, isConfigs: depth == 1 && name == "configs")
            values += value.values
            bytes += value.bytes + name.utf8.count
            inner = max(inner, value.depth)
            if isMerge {
                if let merged { throw .duplicateKey(name, line: event.line, first: merged.line, pointer: "") }
                merged = (value, event.line)
            } else if members.insert(value.value, named: name) {
                lines.append(event.line)
            } else {
                let first = members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) }.map { lines[$0] } ?? event.line
                let pointer = depth == 1 ? Violation.pointer(to: name) : ""
                throw .duplicateKey(name, line: event.line, first: first, pointer: pointer)
            }
        }
        if let (node, line) = merged {
            try merge(node.value, at: line, into: &members)
            lines += Array(repeating: line, count: members.count - lines.count)
        }
        if depth == 1 { memberLines = lines }
        return Node(value: .object(members), values: values, bytes: bytes, depth: inner + 1)
    }

    private func isMergeKey(_ event: YAMLEvent) -> Bool {
        if case .scalar("<<", isPlain: true) = event.kind { event.tag == nil } else { false }
    }

    /// Adds members that the mapping does not have itself; of several mappings the first takes precedence.
    private func merge(_ value: JSONValue, at line: Int, into members: inout JSONObject) throws(Violation) {
        let sources = value.arrayValue ?? [value]
        for source in sources {
            guard case .object(let source) = source else {
                throw .inDocument(line: line, code: "invalid_yaml", "a merge key must refer to mappings")
            }
            for (name, value) in source { _ = members.insert(value, named: name) }
        }
    }

    /// The text of a key, regardless of its type as a value.
    private mutating func key(_ event: YAMLEvent) throws(Violation) -> String {
        switch event.kind {
        case .scalar(let text, _) where event.tag == nil || event.tag == YAMLScalar.core + "str":
            try YAMLScalar.checkText(text, line: event.line)
            if let anchor = event.anchor {
                anchors.updateValue(Node(value: .string(text), bytes: text.utf8.count), forKey: anchor)
            }
            return text
        case .alias(let name):
            if case .string(let text) = try repeated(name, at: event.line, depth: 0).value { return text }
        default: break
        }
        throw .inDocument(line: event.line, code: "invalid_yaml", "the key of a mapping must be a string")
    }
}
