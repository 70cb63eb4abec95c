using System.Text.Json.Serialization;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>The envelope of a page of a list.</summary>
/// <param name="Success">Always true; a failure is a problem document.</param>
/// <param name="Data">The entries of this page; there may be fewer than asked for.</param>
/// <param name="NextCursor">Give it as <c>cursor</c> to get the next page; null when this is the last one.</param>
[method: JsonConstructor]
public sealed record ApiList<T>(bool Success, IReadOnlyList<T> Data, string? NextCursor)
{
    /// <summary>One page.</summary>
    public ApiList(IReadOnlyList<T> data, string? nextCursor) : this(true, data, nextCursor) { }
}
