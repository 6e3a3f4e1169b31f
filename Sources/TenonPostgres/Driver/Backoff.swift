/// How long to wait before the next try: doubles from 50 ms to 2 s, less a random part of up to a half, so that
/// many processes do not knock at once.
struct Backoff {
    private var failures = 0

    /// `random` is 0 for the full time and 1 for the half of it.
    mutating func next(random: Double = .random(in: 0...1)) -> Duration {
        let full = min(2000.0, 50.0 * Double(1 << min(failures, 10)))
        failures += 1
        return .milliseconds(Int(full * (1 - random / 2)))
    }

    /// It worked: the next failure is the first one again.
    mutating func reset() {
        failures = 0
    }
}
