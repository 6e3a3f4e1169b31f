extension FailureCode {
    public static let rateLimited = FailureCode(
        "rate_limited", .exhausted, "Too many requests",
        "A rate limit is used up; `violated-policies` names it. Try again after `Retry-After`. The fields `RateLimit` and "
            + "`RateLimit-Policy` of every answer to an authenticated request say what is left.")
}
