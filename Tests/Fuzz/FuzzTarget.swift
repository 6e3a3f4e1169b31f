internal import Glibc

/// A parser and what must hold of all that it takes and refuses. A closure says by `precondition` what does not:
/// libFuzzer keeps the input that stopped the process.
package struct FuzzTarget: Sendable {
    /// That of its folder in `Corpus` and of its file in `Dictionaries`.
    package let name: String
    /// The most bytes an input has: as many as take the parser past its own bounds, where that is cheap.
    package let longest: Int
    package let run: @Sendable (UnsafeRawBufferPointer) -> Void

    init(_ name: String, longest: Int = 512, _ run: @escaping @Sendable (UnsafeRawBufferPointer) -> Void) {
        self.name = name
        self.longest = longest
        self.run = run
    }

    /// For a parser of texts: what is not UTF-8 is repaired, as wherever bytes become a `String`.
    init(_ name: String, longest: Int = 512, text run: @escaping @Sendable (String) -> Void) {
        self.init(name, longest: longest) { run(String(decoding: $0, as: UTF8.self)) }
    }

    /// For two texts: the first line, and what follows it.
    init(_ name: String, longest: Int = 512, texts run: @escaping @Sendable (String, String) -> Void) {
        self.init(name, longest: longest) { bytes in
            let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
            run(String(decoding: parts[0], as: UTF8.self), String(decoding: parts.dropFirst().joined(), as: UTF8.self))
        }
    }
}

/// The processor time that the work takes, which other processes do not lengthen.
func processorTime(_ work: () -> Void) -> Duration {
    func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
    let start = now()
    work()
    return now() - start
}

/// The same bytes: Swift's own `==` takes canonically equivalent texts for one.
func isSame(_ left: some StringProtocol, _ right: some StringProtocol) -> Bool {
    left.utf8.elementsEqual(right.utf8)
}
