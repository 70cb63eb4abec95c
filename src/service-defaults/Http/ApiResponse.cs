using System.Text.Json.Serialization;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>The envelope of every successful answer.</summary>
/// <param name="Success">Always true; a failure is a problem document.</param>
/// <param name="Message">What happened, for people.</param>
/// <param name="Data">The result.</param>
[method: JsonConstructor]
public sealed record ApiResponse<T>(bool Success, string Message, T Data)
    where T : notnull
{
    /// <summary>A successful answer.</summary>
    public ApiResponse(string message, T data) : this(true, message, data) { }
}
