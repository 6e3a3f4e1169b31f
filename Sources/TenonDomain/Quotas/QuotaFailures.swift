extension FailureCode {
    public static let rateLimited = FailureCode(
        "rate_limited", .exhausted, "Too many requests",
        "A rate limit is exhausted; `violated-policies` names it. Try again after `Retry-After`. The fields `RateLimit` and "
            + "`RateLimit-Policy` of every response to an authenticated request show the remaining requests.")
}
