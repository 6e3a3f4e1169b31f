internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// An entity as the API shows it.
protocol Presented: Sendable {
    /// Its members in the order of the answer. Bodies that create and change it read members of the same list.
    static var fields: Fields<Self> { get }
    /// Nil where the answer's bytes make the tag.
    var entityTag: EntityTag? { get }
}

extension Presented {
    var entityTag: EntityTag? { nil }

    /// A member that always has a value.
    static func member<Value: ReplyValue>(
        _ name: String, example: JSONValue? = nil, _ value: @escaping @Sendable (Self) -> Value
    ) -> Field<Self, Value> {
        Field(name: name, example: example) { entity, fields in fields.field(name, value(entity)) }
    }

    /// A member that is `null` where there is no value.
    static func member<Value: ReplyValue>(
        _ name: String, example: JSONValue? = nil, _ value: @escaping @Sendable (Self) -> Value?
    ) -> Field<Self, Value> {
        Field(name: name, example: example) { entity, fields in fields.field(name, value(entity)) }
    }
}

/// A member of an entity, named once: its name, its type, and where its value comes from.
struct Field<Entity: Sendable, Value: ReplyValue>: FieldMember {
    let name: String
    /// Instead of the type's own, for the documentation of bodies.
    let example: JSONValue?
    fileprivate let put: @Sendable (Entity, inout FieldWriter) -> Void

    fileprivate init(
        name: String, example: JSONValue?, put: @escaping @Sendable (Entity, inout FieldWriter) -> Void
    ) {
        self.name = name
        self.example = example
        self.put = put
    }

    func write(_ entity: Entity, to fields: inout FieldWriter) {
        put(entity, &fields)
    }
}

/// A member with any type of value.
protocol FieldMember<Entity>: Sendable {
    associatedtype Entity: Sendable
    func write(_ entity: Entity, to fields: inout FieldWriter)
}

/// The members of an entity in the order of the answer.
struct Fields<Entity: Sendable>: Sendable {
    /// Of the schema in the OpenAPI document.
    let schemaName: String
    let example: @Sendable () -> Entity
    fileprivate let members: [any FieldMember<Entity>]

    init(
        _ schemaName: String, example: @autoclosure @escaping @Sendable () -> Entity,
        _ members: any FieldMember<Entity>...
    ) {
        self.schemaName = schemaName
        self.example = example
        self.members = members
    }
}

/// The members of a part of the entity, at the same level.
struct NestedFields<Entity: Sendable, Part: Presented>: FieldMember {
    let part: @Sendable (Entity) -> Part

    func write(_ entity: Entity, to fields: inout FieldWriter) {
        Presentation(part(entity)).write(to: &fields)
    }
}

/// An entity as an answer, or as a member of one.
struct Presentation<Entity: Presented>: ReplyBody {
    let entity: Entity

    init(_ entity: Entity) {
        self.entity = entity
    }

    func write(to fields: inout FieldWriter) {
        for member in Entity.fields.members { member.write(entity, to: &fields) }
    }

    static var example: Self { Self(Entity.fields.example()) }
    static var schemaName: String? { Entity.fields.schemaName }
}

extension FieldReader {
    mutating func required<Entity, Value: FieldValue>(_ field: Field<Entity, Value>) -> Value {
        required(field.name, example: field.example ?? Value.exampleJSON)
    }

    /// A member that may be missing; `null` is the same as missing.
    mutating func optional<Entity, Value: FieldValue>(_ field: Field<Entity, Value>) -> Value? {
        optional(field.name)
    }

    /// A member of a merge patch, where `null` removes the current value.
    mutating func patched<Entity, Value: FieldValue>(_ field: Field<Entity, Value>) -> PatchMember<Value> {
        patched(field.name)
    }
}
