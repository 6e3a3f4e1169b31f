/// Bounds of the bytes of one page. A page has as many items as were asked for, as long as their values together stay below
/// the bound, and always at least one.
public enum PageSize {
    /// Sealed bytes of the entries of a list.
    public static let maxBytes = 4 << 20
    /// Sealed bytes of the changes in one message to a watcher.
    public static let maxChangeBytes = 1 << 20

    /// The number of entries on the page, given their sizes.
    public static func cut(_ sizes: some Sequence<Int>, at maximum: Int) -> Int {
        var bytes = 0
        var count = 0
        for size in sizes {
            guard bytes < maximum else { break }
            bytes += size
            count += 1
        }
        return count
    }

    /// Pages by number cannot be cut.
    public static var tooLarge: Failure {
        .invalid(
            "page_too_large",
            "The values on this page exceed \(PageSize.maxBytes) bytes; use `cursor` instead of `page`.", at: "?page")
    }
}
