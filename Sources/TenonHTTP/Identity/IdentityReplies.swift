internal import TenonApplication
package import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// Seed 004's shape of tokens.
struct TokenReply: ReplyBody {
    let tokens: TokenPair

    func write(to fields: inout FieldWriter) {
        fields.field("access_token", tokens.access)
        fields.field("refresh_token", tokens.refresh.revealedText())
        fields.field("token_type", "bearer")
        fields.field("expires_in", tokens.expiresIn.milliseconds / 1000)
    }

    static var example: TokenReply {
        TokenReply(
            tokens: TokenPair(access: "eyJ0eXAiOiJhdCtqd3Qi…", refresh: Secret("tnr_…".utf8), expiresIn: .seconds(1800))
        )
    }
}

/// Seed 002's shape of tokens.
struct TokenPairReply: ReplyBody {
    let tokens: TokenPair

    func write(to fields: inout FieldWriter) {
        fields.field("access", tokens.access)
        fields.field("refresh", tokens.refresh.revealedText())
    }

    static var example: TokenPairReply { TokenPairReply(tokens: TokenReply.example.tokens) }
}

extension Role: TextMember {}

extension TenantPlan: ChoiceFieldValue {}

extension TenantIsolation: ChoiceFieldValue {}

extension TenantStatus: ChoiceFieldValue {}

extension TenantDatabase.State: ChoiceFieldValue {}

extension UserStatus: ChoiceFieldValue {}
