public import TenonKit

/// A request as a line of values, in the format of a policy's line.
public enum PolicyRequestLine {
    /// The values are texts; a quoted value that is a JSON object becomes an object with members. Nil for an empty line
    /// and a comment.
    public static func values(_ line: String, number: Int) throws(PolicySyntaxError) -> [JSONValue]? {
        try PolicyLine.fields(line, number: number)?.map { field in
            guard field.isQuoted, let value = try? JSONParser.parse(field.text), case .object = value else {
                return .string(field.text)
            }
            return value
        }
    }
}
