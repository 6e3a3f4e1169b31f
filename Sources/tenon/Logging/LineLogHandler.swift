internal import Logging
internal import TenonDomain
internal import TenonKit

/// Writes one line per event to standard output: JSON, or text for people.
struct LineLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    private let format: LogFormat
    private let label: String
    private let clock: any WallClock
    private let output: LogOutput

    init(label: String, level: Logger.Level, format: LogFormat, clock: any WallClock, output: LogOutput) {
        self.label = label
        self.output = output
        logLevel = level
        self.format = format
        self.clock = clock
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = event.metadata ?? metadata
        if event.metadata != nil, !metadata.isEmpty { all.merge(metadata) { own, _ in own } }
        switch format {
        case .json: writeJSON(event, all)
        case .text: writeText(event, all)
        }
    }

    private func writeJSON(_ event: LogEvent, _ metadata: Logger.Metadata) {
        var writer = JSONWriter(capacity: 320)
        writer.beginObject()
        writer.key("time")
        writer.string(clock.now().description)
        writer.key("level")
        writer.string(event.level.rawValue)
        writer.key("message")
        writer.string(event.message.description)
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            Self.write(value, to: &writer)
        }
        writer.endObject()
        output.put(writer.bytes, isUrgent: event.level >= .notice)
    }

    private func writeText(_ event: LogEvent, _ metadata: Logger.Metadata) {
        let details = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
        let time = clock.now().description.dropFirst(11)
        // A line feed in a value would make one event look like two.
        let line = "\(time) \(event.level.rawValue.uppercased()) \(event.message)\(details)"
            .map { $0.isNewline ? " " : String($0) }.joined()
        output.put(Array(line.utf8), isUrgent: event.level >= .notice)
    }

    private static func write(_ value: Logger.MetadataValue, to writer: inout JSONWriter) {
        switch value {
        case .string(let text): writer.string(text)
        case .stringConvertible(let number as Int): writer.integer(Int64(number))
        case .stringConvertible(let number as Double): writer.encoded(Array("\(number)".utf8))
        case .stringConvertible(let value): writer.string(value.description)
        case .array(let values):
            writer.beginArray()
            for value in values { write(value, to: &writer) }
            writer.endArray()
        case .dictionary(let members):
            writer.beginObject()
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                writer.key(name)
                write(value, to: &writer)
            }
            writer.endObject()
        }
    }
}
