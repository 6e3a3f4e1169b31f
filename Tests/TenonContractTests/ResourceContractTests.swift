import TenonContractTesting
import Testing

@Suite struct ResourceContractTests {
    @Test(
        "The plain verbs of every kind of resource keep their contract on every adapter",
        arguments: StorageAdapter.allCases, ResourceContract.all)
    func plainVerbs(adapter: StorageAdapter, contract: ResourceContract) async throws {
        try await Storage.with(adapter) { storage in
            try await contract.check(
                ContractStorage(
                    transactions: storage.transactions, clock: storage.clock, identifiers: storage.ids))
        }
    }
}
