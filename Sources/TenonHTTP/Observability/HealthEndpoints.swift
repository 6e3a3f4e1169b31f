internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

extension ContextEndpoints {
    static let observability = ContextEndpoints(tag: "Health") { catalog, parts in
        catalog.add(GetHealthEndpoint(parts.useCases.checkHealth, version: parts.version))
        catalog.add(GetLivenessEndpoint())
        catalog.add(GetReadinessEndpoint(parts.useCases.checkHealth, life: parts.life))
        catalog.add(GetStartupEndpoint(life: parts.life))
        catalog.add(GetMetricsEndpoint(parts.metrics))
    }
}

/// `GET /health`, seed 002's shape; 503 when unhealthy.
struct GetHealthEndpoint: Endpoint {
    static let operation = Operation(
        "getHealth", .get, "/health", mount: .root, tag: "Health",
        summary: "Check the health of the service and its components",
        description: """
            Checks every component, with a time limit: 503 if an essential one is down.
            """,
        access: .open, isEssential: true, otherAnswers: [.unavailable])

    struct Reply: ReplyBody {
        let health: CheckHealth.Output
        let version: String

        func write(to fields: inout FieldWriter) {
            fields.field("status", health.status)
            fields.field("version", version)
            fields.field("checks", Checks(checks: health.checks))
        }

        static var example: Reply {
            let database = ComponentHealth(status: .up, type: "postgresql")
            let check = CheckHealth.Check(component: "database", health: database, latency: .milliseconds(1))
            return Reply(health: CheckHealth.Output(status: .healthy, checks: [check]), version: "v1")
        }
    }

    struct Checks: ReplyBody {
        let checks: [CheckHealth.Check]

        func write(to fields: inout FieldWriter) {
            for check in checks { fields.field(check.component, Component(check: check)) }
        }

        static var example: Checks { Checks(checks: Reply.example.health.checks) }
    }

    struct Component: ReplyBody {
        let check: CheckHealth.Check

        func write(to fields: inout FieldWriter) {
            fields.field("status", check.health.status)
            fields.field("type", check.health.type)
            fields.field("latency_ms", check.latency.milliseconds)
        }

        static var example: Component { Component(check: Reply.example.health.checks[0]) }
    }

    private let check: CheckHealth
    private let version: String

    init(_ check: CheckHealth, version: String) {
        self.check = check
        self.version = version
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        let health = await check.execute()
        return Answer(
            Reply(health: health, version: version), status: health.status == .unhealthy ? .unavailable : .ok,
            caching: .none)
    }
}

extension CheckHealth.Status: ReplyValue {
    func write(to writer: inout JSONWriter) { writer.string(rawValue) }
    static var schema: JSONValue { ["type": "string", "enum": .array(allCases.map { .string($0.rawValue) })] }
}

extension ComponentHealth.Status: ReplyValue {
    func write(to writer: inout JSONWriter) { writer.string(rawValue) }
    static var schema: JSONValue { ["type": "string", "enum": .array(allCases.map { .string($0.rawValue) })] }
}

/// `{"status":"…"}`, for probes.
struct ProbeReply: ReplyBody {
    let status: String

    func write(to fields: inout FieldWriter) {
        fields.field("status", status)
    }

    static var example: ProbeReply { ProbeReply(status: "ok") }

    static func answer(_ isOK: Bool, _ otherwise: String) -> Answer<ProbeReply> {
        Answer(ProbeReply(status: isOK ? "ok" : otherwise), status: isOK ? .ok : .unavailable, caching: .none)
    }
}

/// `GET /health/live`: the process responds. Checks nothing else, so that a failing database causes no restarts.
struct GetLivenessEndpoint: Endpoint {
    static let operation = Operation(
        "getLiveness", .get, "/health/live", mount: .root, tag: "Health", summary: "Liveness probe",
        description: """
            The process responds. Checks nothing else, so that a failing database causes no restarts.
            """, access: .open, isEssential: true)

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<ProbeReply> {
        ProbeReply.answer(true, "")
    }
}

/// `GET /health/ready`: 503 while starting or draining, and without an essential component.
struct GetReadinessEndpoint: Endpoint {
    static let operation = Operation(
        "getReadiness", .get, "/health/ready", mount: .root, tag: "Health", summary: "Readiness probe",
        description: """
            503 while starting or draining, and without an essential component: a database that responds and has space on its disk.
            """, access: .open, isEssential: true, otherAnswers: [.unavailable])

    private let check: CheckHealth
    private let life: ServiceLife

    init(_ check: CheckHealth, life: ServiceLife) {
        self.check = check
        self.life = life
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<ProbeReply> {
        switch life.phase {
        case .starting: ProbeReply.answer(false, "starting")
        case .draining: ProbeReply.answer(false, "draining")
        case .running: ProbeReply.answer(await check.execute().status != .unhealthy, "unhealthy")
        }
    }
}

/// `GET /health/startup`: 503 until the service has started.
struct GetStartupEndpoint: Endpoint {
    static let operation = Operation(
        "getStartup", .get, "/health/startup", mount: .root, tag: "Health", summary: "Startup probe",
        description: """
            503 until the service has started.
            """, access: .open, isEssential: true, otherAnswers: [.unavailable])

    let life: ServiceLife

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<ProbeReply> {
        ProbeReply.answer(life.phase != .starting, "starting")
    }
}
