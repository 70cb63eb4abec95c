using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>Reads from an app as clients should: while it has no answer, or "try again", it is asked again.</summary>
internal static class Reading
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The document at <paramref name="path"/>.</summary>
    public static async Task<JsonElement> ReadAsync(this HttpClient http, string path) =>
        (await Eventually.GetAsync(() => TryAsync(http, path), read => read is not null, Patience, $"{path} can be read"))!.Value;

    private static async Task<JsonElement?> TryAsync(HttpClient http, string path)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            if (answer.StatusCode == HttpStatusCode.ServiceUnavailable) return null;
            answer.EnsureSuccessStatusCode();
            return await answer.Content.ReadFromJsonAsync<JsonElement>();
        }
        catch (Exception error) when (error is HttpRequestException { StatusCode: null } or TaskCanceledException)
        {
            return null;
        }
    }
}
