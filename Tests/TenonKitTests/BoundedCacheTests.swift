import TenonKit
import TestSupport
import Testing

@Suite struct BoundedCacheTests {
    @Test("it costs no more than it may, and what was asked for lately stays")
    func bounds() {
        var cache = BoundedCache<Int, String>(capacity: 100)
        for key in 0..<1000 {
            cache.insert("\(key)", for: key, cost: 10)
            #expect(cache.cost <= 100)
            #expect(cache.value(for: key) == "\(key)")
            if key > 0 { #expect(cache.value(for: 0) == "0", "0 is asked for each time") }
        }
        #expect(cache.value(for: 500) == nil)
    }

    @Test("costs are counted right whatever is replaced, moved or too large")
    func counting() {
        var random = SplitMix64(seed: 5)
        var cache = BoundedCache<Int, Int>(capacity: 60)
        var sizes: [Int: Int] = [:]
        for _ in 0..<5000 {
            let key = Int.random(in: 0..<12, using: &random)
            if Bool.random(using: &random) {
                let size = Int.random(in: 1...40, using: &random)
                cache.insert(size, for: key, cost: size)
                sizes[key] = size
                #expect(cache.value(for: key) == (size <= 30 ? size : nil))
            } else if let found = cache.value(for: key) {
                #expect(found == sizes[key], "an older value came back")
            }
            #expect((0...60).contains(cache.cost))
        }
        cache.removeAll()
        #expect(cache.cost == 0 && (0..<12).allSatisfy { cache.value(for: $0) == nil })
    }
}
