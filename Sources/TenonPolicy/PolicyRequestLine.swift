public import TenonKit

/// A request as a line of values, written as a policy's line is.
public enum PolicyRequestLine {
    /// The values, which are texts; one in quotes that is a JSON object is that, for a matcher to look at its members.
    /// Nil for an empty line and a comment.
    public static func values(_ line: String, number: Int) throws(PolicySyntaxError) -> [JSONValue]? {
        try PolicyLine.fields(line, number: number)?.map { field in
            guard field.isQuoted, let value = try? JSONParser.parse(field.text), case .object = value else {
                return .string(field.text)
            }
            return value
        }
    }
}
