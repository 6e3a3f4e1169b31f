internal import CYaml
internal import TenonDomain
internal import TenonKit

/// An event of libyaml.
struct YAMLEvent {
    enum Kind {
        case documentStart, documentEnd, streamEnd
        case scalar(String, isPlain: Bool)
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
        case alias(String)
    }

    let kind: Kind
    /// From 1.
    let line: Int
    /// Resolved; nil if there is none.
    var tag: String?
    var anchor: String?
}

/// The events of a stream, from the libyaml in Yams: the reader limits what it builds. Yams' own nodes are unsuitable,
/// because they are built completely, with everything that aliases repeat.
final class YAMLEvents {
    /// More lines than this that begin like a directive are refused, because libyaml's time grows with their square.
    private static let maxDirectives = 16

    private let input: YAMLInput
    private let parser: UnsafeMutablePointer<yaml_parser_t>

    init(_ input: YAMLInput) throws(Violation) {
        try Self.check(input.bytes)
        self.input = input
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // Only lack of memory can make it fail, which would have stopped Swift.
        precondition(yaml_parser_initialize(parser) == 1)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input(parser, YAMLInput.read, Unmanaged.passUnretained(input).toOpaque())
        // The start of the stream.
        _ = try next()
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    private static func check(_ bytes: [UInt8]) throws(Violation) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            let line = bytes[..<error.byteOffsets.lowerBound].count { $0 == 0x0A } + 1
            throw .inDocument(line: line, code: "invalid_utf8", "the text is not valid UTF-8")
        }
        var line = 1
        var directives = 0
        var previous: UInt8 = 0x0A
        for byte in bytes {
            if byte == UInt8(ascii: "%"), previous == 0x0A || previous == 0x0D {
                directives += 1
                guard directives <= maxDirectives else {
                    throw .inDocument(line: line, code: "invalid_yaml", "too many directives")
                }
            }
            if byte == 0x0A { line += 1 }
            previous = byte
        }
    }

    /// The next event; after the end always the end.
    func next() throws(Violation) -> YAMLEvent {
        var event = yaml_event_t()
        guard input.chargeEvent(), yaml_parser_parse(parser, &event) == 1 else { throw fault() }
        defer { yaml_event_delete(&event) }
        let line = event.start_mark.line + 1
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return YAMLEvent(
                kind: .scalar(text, isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE), line: line,
                tag: Self.string(scalar.tag), anchor: Self.string(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart, line: line, tag: Self.string(start.tag), anchor: Self.string(start.anchor))
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart, line: line, tag: Self.string(start.tag), anchor: Self.string(start.anchor))
        case YAML_ALIAS_EVENT:
            return YAMLEvent(kind: .alias(Self.string(event.data.alias.anchor) ?? ""), line: line)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, line: line)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, line: line)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, line: line)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, line: line)
        default: return YAMLEvent(kind: .streamEnd, line: line)
        }
    }

    private static func string(_ bytes: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        bytes.map { String(decodingCString: $0, as: UTF8.self) }
    }

    /// libyaml's messages are constants: they contain nothing of the content.
    private func fault() -> Violation {
        let problem = parser.pointee.problem.map { String(cString: $0) } ?? "unknown error"
        if parser.pointee.error == YAML_READER_ERROR {
            let line = input.bytes.prefix(parser.pointee.problem_offset).count { $0 == 0x0A } + 1
            return .inDocument(line: line, code: "invalid_yaml", "invalid YAML: \(problem)")
        }
        // A scanner's error belongs to the incomplete token, a parser's to its current position.
        let isInToken = parser.pointee.error == YAML_SCANNER_ERROR && parser.pointee.context != nil
        let line = (isInToken ? parser.pointee.context_mark : parser.pointee.problem_mark).line + 1
        // libyaml's own limit, far above ours, which it reaches while looking ahead.
        if problem.hasPrefix("Maximum nesting level") { return .nestingTooDeep(line: line) }
        return .inDocument(line: line, code: "invalid_yaml", "invalid YAML: \(problem)")
    }
}

extension Violation {
    static func nestingTooDeep(line: Int) -> Violation {
        .inDocument(line: line, code: "nesting_too_deep", "sequences and mappings are nested too deeply")
    }
}
