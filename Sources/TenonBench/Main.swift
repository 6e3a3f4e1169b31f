@main
struct TenonBench {
    static func main() async throws {}
}
