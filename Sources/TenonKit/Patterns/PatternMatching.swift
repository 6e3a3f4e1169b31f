extension PatternProgram {
    /// Follows all paths through the program in parallel over the text, which must be valid UTF-8. Each instruction is
    /// executed once per scalar, so the time is bounded by their product; the meter is charged for executed ones. False
    /// if it is exhausted.
    func matches(_ text: UnsafeBufferPointer<UInt8>, _ meter: inout StepMeter) -> Bool {
        let count = instructions.count
        guard meter.spend(1 + count / 16) else { return false }
        return instructions.withUnsafeBufferPointer { program in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * count) { scratch in
                var threads = PatternThreads(program: program, text: text, scratch: scratch)
                let matches = run(&threads, text, &meter)
                return meter.spend(threads.takeSteps()) && matches
            }
        }
    }

    private func run(
        _ threads: inout PatternThreads, _ text: UnsafeBufferPointer<UInt8>, _ meter: inout StepMeter
    ) -> Bool {
        var at = 0
        while true {
            if threads.isIdle, at > 0 || !isAnchored {
                if isAnchored { return false }
                if let firstBytes {
                    let start = at
                    while at < text.count, !firstBytes[Int(text[at])] { at &+= 1 }
                    threads.work &+= (at &- start) / 2
                    if at == text.count { return false }
                }
            }
            if at == 0 || !isAnchored, threads.add(start, at: at) { return true }
            if at == text.count { return false }
            if threads.hasMuchWork, !meter.spend(threads.takeSteps()) { return false }
            let (scalar, length) = text.scalar(at: at)
            at &+= length
            if threads.step(over: scalar, to: at, sets) { return true }
        }
    }
}

/// The instructions that wait for the next scalar, each once.
private struct PatternThreads {
    private let program: UnsafeBufferPointer<PatternInstruction>
    private let text: UnsafeBufferPointer<UInt8>
    /// The instructions that wait at this position, and those for the next position.
    private var current: UnsafeMutablePointer<UInt32>
    private var upcoming: UnsafeMutablePointer<UInt32>
    private var currentCount = 0
    /// Instructions to follow; each is pushed at most once per position.
    private let stack: UnsafeMutablePointer<UInt32>
    /// By instruction, the number of the position where it was last followed.
    private let marks: UnsafeMutablePointer<UInt32>
    private var place: UInt32 = 1
    /// Instructions executed and not yet charged.
    var work = 0

    /// `scratch` has four words per instruction.
    init(
        program: UnsafeBufferPointer<PatternInstruction>, text: UnsafeBufferPointer<UInt8>,
        scratch: UnsafeMutableBufferPointer<UInt32>
    ) {
        self.program = program
        self.text = text
        scratch.initialize(repeating: 0)
        let base = scratch.baseAddress!
        current = base
        upcoming = base + program.count
        stack = base + 2 * program.count
        marks = base + 3 * program.count
    }

    var isIdle: Bool { currentCount == 0 }

    var hasMuchWork: Bool { work > 4096 }

    /// The work since the last call: a step pays for four instructions.
    mutating func takeSteps() -> Int {
        defer { work = 0 }
        return work / 4
    }

    /// Follows the instruction at this position; true if that leads to a match.
    mutating func add(_ instruction: Int32, at offset: Int) -> Bool {
        var count = currentCount
        defer { currentCount = count }
        return follow(UInt32(bitPattern: instruction), at: offset, into: current, &count)
    }

    /// Consumes the scalar, which ends at `offset`; true if that leads to a match.
    mutating func step(over scalar: UInt32, to offset: Int, _ sets: [PatternSet]) -> Bool {
        place &+= 1
        var count = 0
        // Categories of scalars beyond ASCII are slow to look up.
        work &+= 1 &+ currentCount &* (scalar < 0x80 ? 1 : 12)
        for index in 0..<currentCount {
            let instruction = program[Int(current[index])]
            let takes =
                instruction.operation == .range
                ? instruction.first <= scalar && scalar <= instruction.second
                : sets[Int(instruction.first)].contains(scalar)
            if takes, follow(UInt32(bitPattern: instruction.next), at: offset, into: upcoming, &count) { return true }
        }
        swap(&current, &upcoming)
        currentCount = count
        return false
    }

    private mutating func follow(
        _ start: UInt32, at offset: Int, into list: UnsafeMutablePointer<UInt32>, _ count: inout Int
    ) -> Bool {
        if marks[Int(start)] == place { return false }
        marks[Int(start)] = place
        stack[0] = start
        var height = 1
        func push(_ index: UInt32) {
            if marks[Int(index)] == place { return }
            marks[Int(index)] = place
            stack[height] = index
            height &+= 1
        }
        while height > 0 {
            height &-= 1
            work &+= 1
            let index = stack[height]
            let instruction = program[Int(index)]
            switch instruction.operation {
            case .range, .set:
                list[count] = index
                count &+= 1
            case .split:
                push(instruction.first)
                push(UInt32(bitPattern: instruction.next))
            case .assertion:
                if PatternAssertion(rawValue: instruction.first)!.holds(in: text, at: offset) {
                    push(UInt32(bitPattern: instruction.next))
                }
            case .match:
                return true
            }
        }
        return false
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// The scalar at this position and its length in bytes, in valid UTF-8.
    fileprivate func scalar(at index: Int) -> (UInt32, Int) {
        let first = UInt32(self[index])
        if first < 0x80 { return (first, 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | rest(index + 1), 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | rest(index + 1) << 6 | rest(index + 2), 3) }
        return ((first & 0x07) << 18 | rest(index + 1) << 12 | rest(index + 2) << 6 | rest(index + 3), 4)
    }

    private func rest(_ index: Int) -> UInt32 { UInt32(self[index] & 0x3F) }
}
