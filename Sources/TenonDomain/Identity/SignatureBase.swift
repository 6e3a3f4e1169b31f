public import TenonKit

extension SignableRequest {
    /// What a signature with this input signs (RFC 9421 §2.5). Fails with `invalidSignature` where a component is none, is
    /// not there, stands twice, or is a parameter of the query too many.
    public func signatureBase(_ input: InnerList) throws(Failure) -> [UInt8] {
        guard Set(input.items).count == input.items.count else {
            throw .invalidSignature("A component is covered once.")
        }
        let named = input.items.count { $0.bare == .string(SignableParameters.component) }
        guard named <= SignableParameters.maxCount else {
            throw .invalidSignature("At most \(SignableParameters.maxCount) components are @query-param.")
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
                        : "The component \(component.text) is not there, or more than once.")
            }
            guard !value.utf8.contains(.newline) else { throw .invalidSignature() }
            base += "\(component.text): \(value)\n".utf8
        }
        return base + "\"@signature-params\": \(input.text)".utf8
    }
}
