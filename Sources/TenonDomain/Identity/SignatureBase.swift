public import TenonKit

extension SignableRequest {
    /// The bytes signed by a signature with this input (RFC 9421 §2.5). Fails with `invalidSignature` if a component is
    /// unknown, missing or repeated, or if there are too many query parameters.
    public func signatureBase(_ input: InnerList) throws(Failure) -> [UInt8] {
        guard Set(input.items).count == input.items.count else {
            throw .invalidSignature("A signature must cover each component only once.")
        }
        let named = input.items.count { $0.bare == .string(SignableParameters.component) }
        guard named <= SignableParameters.maxCount else {
            throw .invalidSignature(
                "A signature must cover at most \(SignableParameters.maxCount) @query-param components.")
        }
        let parameters = SignableParameters(named > 0 ? query : "")
        var base: [UInt8] = []
        for component in input.items {
            let value: String
            do {
                value = try self.value(of: component, parameters)
            } catch {
                throw .invalidSignature(
                    error == .unknown
                        ? "The component \(component.text) is not supported."
                        : "The component \(component.text) is missing or repeated.")
            }
            guard !value.utf8.contains(.newline) else { throw .invalidSignature() }
            base += "\(component.text): \(value)\n".utf8
        }
        return base + "\"@signature-params\": \(input.text)".utf8
    }
}
