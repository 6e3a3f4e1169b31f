/// One instruction of a matcher. `range` and `set` consume a scalar, the others none.
struct PatternInstruction: Sendable {
    enum Operation: UInt8 {
        /// One scalar from `first` to `second`, then `next`.
        case range
        /// One scalar of the set at `first`, then `next`.
        case set
        /// `next` if the `PatternAssertion` numbered `first` holds here.
        case assertion
        /// Both `next` and `first`.
        case split
        /// The text matches.
        case match
    }

    var operation: Operation
    var next: Int32 = 0
    var first: UInt32 = 0
    var second: UInt32 = 0
}

/// A pattern as instructions (Thompson's construction). Immutable: any number of threads can match with one program.
/// `PatternMatching.swift` runs it.
final class PatternProgram: Sendable {
    let instructions: [PatternInstruction]
    let sets: [PatternSet]
    /// The first instruction.
    let start: Int32
    /// Whether a match can only begin at the start of the text.
    let isAnchored: Bool
    /// By byte, whether a match can begin with it; nil if unknown, for example if a match may be empty.
    let firstBytes: [Bool]?

    init(_ node: PatternNode, sets: [PatternSet]) {
        var assembler = PatternAssembler()
        let match = assembler.add(PatternInstruction(operation: .match))
        start = assembler.assemble(node, then: match)
        instructions = assembler.instructions
        self.sets = sets
        (isAnchored, firstBytes) = assembler.beginnings(from: start, sets)
    }
}

/// Assembles a pattern from its end to its beginning, so that every part knows its successor.
private struct PatternAssembler {
    private(set) var instructions: [PatternInstruction] = []

    mutating func add(_ instruction: PatternInstruction) -> Int32 {
        instructions.append(instruction)
        return Int32(instructions.count - 1)
    }

    /// Returns the part's first instruction.
    mutating func assemble(_ node: PatternNode, then next: Int32) -> Int32 {
        switch node {
        case .empty:
            return next
        case .range(let first, let last):
            return add(PatternInstruction(operation: .range, next: next, first: first, second: last))
        case .set(let index):
            return add(PatternInstruction(operation: .set, next: next, first: UInt32(index)))
        case .assertion(let assertion):
            return add(PatternInstruction(operation: .assertion, next: next, first: assertion.rawValue))
        case .concatenation(let nodes):
            return nodes.reversed().reduce(next) { assemble($1, then: $0) }
        case .alternation(let nodes):
            var entry = assemble(nodes[nodes.count - 1], then: next)
            for node in nodes.dropLast().reversed() {
                let branch = assemble(node, then: next)
                entry = split(branch, entry)
            }
            return entry
        case .repetition(let node, let least, let most):
            return assemble(node, least: least, most: most, then: next)
        }
    }

    private mutating func assemble(_ node: PatternNode, least: Int, most: Int?, then next: Int32) -> Int32 {
        var entry = next
        var copies = least
        if let most {
            // x{0,2} is (x(x)?)?: stopping at any copy continues at `next`.
            for _ in least..<most {
                let copy = assemble(node, then: entry)
                entry = split(copy, next)
            }
        } else {
            // The loop's own split comes first, as the body's end. x{2,} is xx with a loop around the last.
            let loop = split(next, next)
            let body = assemble(node, then: loop)
            instructions[Int(loop)].next = body
            entry = least == 0 ? loop : body
            copies = max(least - 1, 0)
        }
        for _ in 0..<copies { entry = assemble(node, then: entry) }
        return entry
    }

    private mutating func split(_ next: Int32, _ other: Int32) -> Int32 {
        add(PatternInstruction(operation: .split, next: next, first: UInt32(other)))
    }

    /// The possible beginnings of a match, assuming that every assertion except `\A` holds.
    func beginnings(from start: Int32, _ sets: [PatternSet]) -> (isAnchored: Bool, firstBytes: [Bool]?) {
        var isAnchored = true
        // Whether the bytes alone do not determine where a match can begin.
        var isOpen = false
        var bytes = [Bool](repeating: false, count: 256)
        var seen = [Bool](repeating: false, count: instructions.count)
        var waiting = [start]
        while let index = waiting.popLast() {
            if seen[Int(index)] { continue }
            seen[Int(index)] = true
            let instruction = instructions[Int(index)]
            switch instruction.operation {
            case .assertion:
                if instruction.first == PatternAssertion.textStart.rawValue {
                    isOpen = true
                } else {
                    waiting.append(instruction.next)
                }
            case .split:
                waiting.append(instruction.next)
                waiting.append(Int32(instruction.first))
            case .match:
                isAnchored = false
                isOpen = true
            case .range:
                isAnchored = false
                for byte in UInt32(0)..<0x80 where instruction.first <= byte && byte <= instruction.second {
                    bytes[Int(byte)] = true
                }
                if instruction.second > 0x7F { addLeadingBytes(to: &bytes) }
            case .set:
                isAnchored = false
                let set = sets[Int(instruction.first)]
                for byte in UInt32(0)..<0x80 where set.contains(byte) { bytes[Int(byte)] = true }
                if set.reachesBeyondASCII { addLeadingBytes(to: &bytes) }
            }
        }
        return (isAnchored, isOpen ? nil : bytes)
    }

    /// The bytes that begin a scalar of two to four bytes.
    private func addLeadingBytes(to bytes: inout [Bool]) {
        for byte in 0xC2...0xF4 { bytes[byte] = true }
    }
}
