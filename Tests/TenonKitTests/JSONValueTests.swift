import TenonKit
import TestSupport
import Testing

@Suite struct JSONValueTests {
    @Test("Random values written and parsed back are equal, hash alike, and keep their text")
    func roundTrip() throws {
        var random = SplitMix64(seed: 3)
        for _ in 0..<2000 {
            let value = try randomValue(depth: 4, &random)
            let parsed = try JSONParser.parse(value.encoded())
            #expect(parsed == value)
            #expect(parsed.hashValue == value.hashValue)
            #expect(parsed.encoded() == value.encoded())
            #expect(try JSONParser.parse(value.pretty()) == value)
        }
    }

    @Test("Objects are equal in any order of members, arrays only in one")
    func equality() throws {
        let left = try JSONParser.parse(#"{"a":1.0,"b":[1,2]}"#)
        let right = try JSONParser.parse(#"{"b":[1,2],"a":1}"#)
        #expect(left == right)
        #expect(left.hashValue == right.hashValue)
        #expect(left.description != right.description)
        #expect(left != ["a": 1, "b": [2, 1]])
        #expect(left != ["a": 1])
        #expect(left != ["a": 1, "c": [1, 2]])
        #expect(JSONValue.string("1") != 1)
        #expect(JSONValue.bool(false) != 0)
    }

    @Test("A member is read, replaced in its place, appended and removed by name", arguments: [3, 40])
    func members(count: Int) {
        var object = JSONObject()
        for index in 0..<count { object["m\(index)"] = .integer(Int64(index)) }
        object["m1"] = "new"
        #expect(object["m1"] == "new")
        #expect(object[1].name == "m1")
        let replaced = object.insert(0, named: "m2")
        #expect(!replaced)
        #expect(object["m2"] == 2)
        object["m0"] = nil
        object["absent"] = nil
        #expect(object["m0"] == nil)
        #expect(object.map(\.name) == (1..<count).map { "m\($0)" })
        #expect(object["m\(count - 1)"] == .integer(Int64(count - 1)))
        object.removeAll { name, _ in name != "m2" }
        #expect(JSONValue.object(object) == ["m2": 2])
        let added = object.insert(5, named: "m0")
        #expect(added)
        #expect(JSONValue.object(object).description == #"{"m2":2,"m0":5}"#)
    }

    @Test("A value answers for its own kind only")
    func accessors() {
        let value: JSONValue = ["text": "x", "flag": true, "count": 3, "list": [1], "nothing": .null]
        #expect(value["text"]?.stringValue == "x")
        #expect(value["text"]?.numberValue == nil)
        #expect(value["flag"]?.boolValue == true)
        #expect(value["count"]?.numberValue?.int64 == 3)
        #expect(value["list"]?.arrayValue == [1])
        #expect(value["nothing"]?.isNull == true)
        #expect(value["absent"] == nil)
        #expect(value["text"]?["x"] == nil)
        #expect(value.objectValue?.count == 5)
    }

    private func randomValue(depth: Int, _ random: inout SplitMix64) throws -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(.random(using: &random))
        case 2: return .integer(.random(in: .min ... .max, using: &random) >> Int.random(in: 0..<64, using: &random))
        case 3: return .number(try randomNumber(&random))
        case 4: return .string(randomString(&random))
        case 5, 6:
            return .array(
                try (0..<Int.random(in: 0..<6, using: &random)).map { _ in try randomValue(depth: depth - 1, &random) })
        default:
            var object = JSONObject()
            for _ in 0..<Int.random(in: 0..<30, using: &random) {
                object[randomString(&random)] = try randomValue(depth: depth - 2, &random)
            }
            return .object(object)
        }
    }

    private func randomNumber(_ random: inout SplitMix64) throws -> JSONNumber {
        let digits = (0..<Int.random(in: 1...38, using: &random)).map { _ in Int.random(in: 0...9, using: &random) }
        let sign = Bool.random(using: &random) ? "-" : ""
        let exponent = Int.random(in: -265...265, using: &random)
        let fraction = digits.dropFirst().map(String.init).joined()
        return try JSONNumber("\(sign)\(digits[0])\(fraction.isEmpty ? "" : "." + fraction)e\(exponent)")
    }

    private func randomString(_ random: inout SplitMix64) -> String {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "0", " ", "\"", "\\", "/", "\n", "\u{1}", "\u{7F}", "é", "世", "😀", "\u{301}",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<20, using: &random) {
            text.unicodeScalars.append(alphabet.randomElement(using: &random)!)
        }
        return text
    }
}
