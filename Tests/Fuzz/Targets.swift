extension FuzzTarget {
    /// Every one. To add one: an entry here, a closure in `Targets/`, and a seed or two in `Corpus/<name>/`.
    static let all = [
        FuzzTarget("json", longest: 1024, JSONTargets.document),
        FuzzTarget("number", longest: 128, texts: JSONTargets.numbers),
        FuzzTarget("pattern", longest: 256, texts: PatternTargets.pattern),
        FuzzTarget("set", longest: 128, PatternTargets.set),
        FuzzTarget("identifier", longest: 64, EncodingTargets.identifier),
        FuzzTarget("base64url", longest: 128, EncodingTargets.base64URL),
        FuzzTarget("timestamp", longest: 16, EncodingTargets.timestamp),
        FuzzTarget("names", text: NameTargets.names),
        FuzzTarget("email", texts: NameTargets.email),
        FuzzTarget("text", longest: 4096, text: NameTargets.text),
        FuzzTarget("password", longest: 256, text: NameTargets.password),
        FuzzTarget("schema", texts: ConfigurationTargets.schema),
        FuzzTarget("draft", texts: ConfigurationTargets.draft),
        FuzzTarget("query", longest: 256, text: EdgeTargets.query),
        FuzzTarget("percent", longest: 128, text: EdgeTargets.percent),
        FuzzTarget("target", longest: 256, text: EdgeTargets.target),
        FuzzTarget("host", longest: 300, text: EdgeTargets.host),
        FuzzTarget("forwarded", longest: 256, texts: EdgeTargets.forwarded),
        FuzzTarget("tags", longest: 128, text: EdgeTargets.tags),
        FuzzTarget("idempotency", longest: 300, text: EdgeTargets.idempotency),
        FuzzTarget("trace", longest: 80, text: EdgeTargets.trace),
        FuzzTarget("address", longest: 128, texts: EdgeTargets.address),
        FuzzTarget("connection", longest: 1024, ConnectionTargets.connection),
        FuzzTarget("decoder", longest: 1024, DecoderTargets.decoder),
    ]
}
