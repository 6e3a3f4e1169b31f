internal import Glibc
internal import TenonDomain
internal import TenonKit

enum JSONTargets {
    /// What parses is written and parses to the same again; what does not is no JSON by a second reading either.
    static func document(_ bytes: UnsafeRawBufferPointer) {
        do throws(JSONError) {
            let value = try JSONParser.parse(bytes)
            precondition(JSONGrammar.accepts(bytes), "the parser takes what is no JSON")
            let written = value.encoded()
            let again = parsed(written)
            precondition(again == value && again.hashValue == value.hashValue, "written, it is another value")
            precondition(again.encoded() == written, "digits or the order of members changed")
            precondition(parsed(Array(value.pretty().utf8)).encoded() == written, "for people, it is another value")
            checkLimits(of: value, written)
        } catch {
            precondition((0...bytes.count).contains(error.offset), "the place is outside the text")
            precondition(error.line >= 1 && error.column >= 1, "lines and columns count from 1")
            // By its bytes: a mark may combine with the slash.
            let begin = error.pointer.utf8.first
            precondition(begin == nil || begin == UInt8(ascii: "/"), "this is no JSON Pointer")
            if error.code == .invalidJSON {
                precondition(!JSONGrammar.accepts(bytes), "the parser refuses what is JSON")
            }
        }
    }

    /// What Tenon wrote itself.
    private static func parsed(_ bytes: [UInt8]) -> JSONValue {
        do {
            return try JSONParser.parse(bytes)
        } catch {
            fatalError("what was written does not parse: \(error.detail)")
        }
    }

    /// Limits are the most that is taken, and one less refuses.
    private static func checkLimits(of value: JSONValue, _ written: [UInt8]) {
        let (depth, values) = extent(of: value)
        func error(_ limits: JSONLimits) -> JSONError.Code? {
            do throws(JSONError) {
                _ = try JSONParser.parse(written, limits: limits)
                return nil
            } catch {
                return error.code
            }
        }
        precondition(error(JSONLimits(depth: depth, values: values)) == nil, "a limit is too strict")
        precondition(error(JSONLimits(depth: depth, values: values - 1)) == .tooManyValues, "values are not limited")
        if depth > 0 {
            precondition(error(JSONLimits(depth: depth - 1)) == .nestingTooDeep, "depth is not limited")
        }
    }

    private static func extent(of value: JSONValue) -> (depth: Int, values: Int) {
        let parts: [JSONValue]
        switch value {
        case .array(let elements): parts = elements
        case .object(let members): parts = members.map(\.value)
        case .null, .bool, .number, .string: return (0, 1)
        }
        return parts.map(extent).reduce((1, 1)) { (max($0.depth, $1.depth + 1), $0.values + $1.values) }
    }

    private static let grammar = pattern(#"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$"#)

    /// A number is what the grammar says, keeps its digits, and compares like the value it has.
    static func numbers(_ first: String, _ second: String) {
        guard let left = number(first), let right = number(second) else { return }
        let orders = [left < right, left == right, right < left]
        precondition(orders.count(where: \.self) == 1, "two numbers have exactly one order")
        if left == right { precondition(left.hashValue == right.hashValue, "equal numbers hash alike") }
        let (near, other) = (strtod(first, nil), strtod(second, nil))
        if near < other { precondition(left < right, "the order is not that of the values") }
        if near > other { precondition(left > right, "the order is not that of the values") }
    }

    private static func number(_ text: String) -> JSONNumber? {
        do throws(JSONError) {
            let number = try JSONNumber(text)
            precondition(grammar.matches(text), "this is no number")
            let shown = number.description
            guard let again = try? JSONNumber(shown) else { fatalError("its own text does not parse: \(shown)") }
            precondition(again == number && again.description == shown, "its own text is another number")
            if let whole = number.int64 {
                precondition(number.isInteger && JSONNumber(whole) == number, "the integer is another number")
            } else {
                precondition(!number.isInteger || abs(strtod(text, nil)) >= 0x1p63, "an integer of 64 bits is missed")
            }
            return number
        } catch {
            precondition(error.code == .numberOutOfBounds || !grammar.matches(text), "this is a number")
            return nil
        }
    }
}
