internal import TenonDomain
internal import TenonKit

/// What a schema demands beyond the type, in short phrases.
enum ReferenceRules {
    static func all(of schema: JSONValue) -> [HTML] {
        var rules: [HTML] = []
        if let choices = schema["enum"]?.arrayValue {
            rules.append("one of \(HTML(choices.map(literal), separator: ", "))")
        }
        if let constant = schema["const"] { rules.append("always \(literal(constant))") }
        for (low, high, unit) in [
            ("minLength", "maxLength", " characters"), ("minimum", "maximum", ""), ("minItems", "maxItems", " items"),
            ("minProperties", "maxProperties", " fields"),
        ] {
            rules += range(schema[low]?.numberValue, schema[high]?.numberValue, unit)
        }
        for (keyword, phrase) in [
            ("exclusiveMinimum", "above"), ("exclusiveMaximum", "below"), ("multipleOf", "a multiple of"),
        ] {
            if let number = schema[keyword]?.numberValue { rules.append("\(phrase) \(text(number))") }
        }
        if let pattern = schema["pattern"]?.stringValue { rules.append("matches \(HTML.code(pattern))") }
        for (keyword, phrase) in [
            ("uniqueItems", "no item twice"), ("readOnly", "in answers only"), ("writeOnly", "in requests only"),
            ("deprecated", "deprecated"),
        ] where schema[keyword] == true {
            rules.append("\(phrase)")
        }
        if let fallback = schema["default"] { rules.append("default \(literal(fallback))") }
        if let items = schema["items"], items["properties"] == nil {
            let each = all(of: items)
            if !each.isEmpty { rules.append("each \(HTML(each, separator: ", "))") }
        }
        return rules
    }

    private static func range(_ low: JSONNumber?, _ high: JSONNumber?, _ unit: String) -> [HTML] {
        switch (low, high) {
        case (let low?, let high?) where low == high: ["exactly \(text(low))\(unit)"]
        case (let low?, let high?): ["\(text(low)) to \(text(high))\(unit)"]
        case (let low?, nil): ["at least \(text(low))\(unit)"]
        case (nil, let high?): ["at most \(text(high))\(unit)"]
        case (nil, nil): []
        }
    }

    private static func text(_ number: JSONNumber) -> String { JSONValue.number(number).description }

    /// A string as it is, anything else as JSON; the empty string must be seen.
    private static func literal(_ value: JSONValue) -> HTML {
        guard let text = value.stringValue, !text.isEmpty else { return .code(value.description) }
        return .code(text)
    }
}
