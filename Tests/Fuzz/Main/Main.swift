internal import CLibFuzzer
internal import FuzzTargets
internal import Glibc

/// Fuzzes the parser that TENON_FUZZ_TARGET names; without it, names them all. `deploy/fuzz` runs it.
@main enum Main {
    /// Set once, before libFuzzer starts.
    nonisolated(unsafe) static var target: FuzzTarget?

    static func main() {
        guard let name = getenv("TENON_FUZZ_TARGET").map({ String(cString: $0) }) else {
            for target in FuzzTarget.all { print(target.name, target.longest) }
            return
        }
        target = FuzzTarget.all.first { $0.name == name }
        guard target != nil else { fatalError("there is no fuzz target \(name)") }
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(LLVMFuzzerRunDriver(&count, &arguments, testOneInput))
    }
}

/// What libFuzzer calls with every input. The name is C's, because libFuzzer's own `main`, which comes with it and
/// is not used, wants it.
@c(LLVMFuzzerTestOneInput)
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Main.target?.run(UnsafeRawBufferPointer(start: start, count: count))
    return 0
}
