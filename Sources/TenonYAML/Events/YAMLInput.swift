internal import TenonDomain

/// The bytes of a stream, passed to libyaml piece by piece, so that their cost is charged, and reading ends with the
/// request.
final class YAMLInput {
    /// The measured cost of libyaml and of building values: two steps per byte, and some for each event.
    private static let stepsOfByte = 2
    private static let stepsOfEvent = 30

    let bytes: [UInt8]
    private let budget: RequestBudget
    private var at = 0
    /// Why reading has stopped.
    private(set) var failure: Failure?

    init(_ bytes: [UInt8], charging budget: RequestBudget) {
        self.bytes = bytes
        self.budget = budget
    }

    /// False if reading must stop.
    func chargeEvent() -> Bool { charge(Self.stepsOfEvent) }

    private func charge(_ steps: Int) -> Bool {
        guard failure == nil else { return false }
        do throws(Failure) {
            try budget.spend(steps)
            return true
        } catch {
            failure = error
            return false
        }
    }

    /// libyaml's `yaml_read_handler_t`: at most `size` bytes into the buffer; 0 means an error, and no bytes the end.
    static let read:
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, Int, UnsafeMutablePointer<Int>?
        ) -> Int32 = { input, buffer, size, read in
            guard let input, let buffer, let read else { return 0 }
            let source = Unmanaged<YAMLInput>.fromOpaque(input).takeUnretainedValue()
            let count = min(size, source.bytes.count - source.at)
            guard source.charge(stepsOfByte * count) else { return 0 }
            source.bytes.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(start: buffer, count: count)
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[source.at..<(source.at + count)]))
            }
            source.at += count
            read.pointee = count
            return 1
        }
}
