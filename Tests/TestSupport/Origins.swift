public import TenonDomain

extension Origin {
    public static let test = Origin(address: "192.0.2.1", userAgent: "tests", requestID: "req_test")
}
