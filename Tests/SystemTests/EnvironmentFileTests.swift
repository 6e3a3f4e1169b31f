import Foundation
import Testing

@Suite struct EnvironmentFileTests {
    @Test(
        "In dev the variables of .env are read as lines are; what is no line is refused, and else nothing is read",
        arguments: [
            ("# c\nexport LOG_FORMAT = \"loud\" # c\n", "dev", "LOG_FORMAT: must be one of json, text"),
            ("HOST=::1\nSECRET_KEY='never\nshown", "dev", ".env: Line 2: the quote that opens here is not closed."),
            ("LOG_FORMAT=loud", "qa", "HEALTH_CHECK_TIMEOUT: must be"),
        ])
    func file(lines: String, environment: String, refusal: String) async throws {
        try await withTemporaryFolder { folder in
            try lines.write(toFile: folder + "/.env", atomically: true, encoding: .utf8)
            // Refused, so that it ends in any case; but later than what the file sets.
            let variables = ["ENVIRONMENT": environment, "HEALTH_CHECK_TIMEOUT": "-1"]
            let (status, output) = try TenonProcess.run(["serve", "--in-memory"], variables, in: folder)
            #expect(status != 0)
            #expect(output.contains(refusal))
            #expect(!output.contains("never"))
        }
    }
}
