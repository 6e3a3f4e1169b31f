/// The evaluated members of an object, or items of an array, by position.
struct JSONSchemaMarks {
    private var words: [UInt64] = []
    private var isAll = false

    func contains(_ position: Int) -> Bool {
        isAll || position / 64 < words.count && words[position / 64] & 1 << (position % 64) != 0
    }

    mutating func insert(_ position: Int) {
        if position / 64 >= words.count {
            words.append(contentsOf: repeatElement(0, count: position / 64 + 1 - words.count))
        }
        words[position / 64] |= 1 << (position % 64)
    }

    mutating func insertAll() {
        isAll = true
        words = []
    }

    mutating func formUnion(_ other: JSONSchemaMarks) {
        if isAll || other.isAll { return insertAll() }
        if words.isEmpty {
            words = other.words
            return
        }
        for (place, word) in other.words.enumerated() where word != 0 {
            if place < words.count {
                words[place] |= word
            } else {
                words += other.words[place...]
                return
            }
        }
    }

    /// The steps of a union with it.
    var cost: Int { words.count / 16 }
}
