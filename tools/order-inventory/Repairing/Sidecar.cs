using OrderInventory.Cli;
using OrderInventory.Contracts;

namespace OrderInventory.Repairing;

/// <summary>Publishes as order-app does, over the HTTP API of its sidecar: same id, key, type and source.</summary>
internal sealed class Sidecar(HttpClient http)
{
    /// <summary>The variable with the token that sidecars want.</summary>
    public const string TokenVariable = "DAPR_API_TOKEN";

    private const string TokenHeader = "dapr-api-token";
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(30);

    /// <summary>A client of the sidecar at <paramref name="address"/>, with the token of <paramref name="environment"/> if there is one.</summary>
    public static HttpClient Client(Uri address, Func<string, string?> environment)
    {
        var http = new HttpClient { BaseAddress = address, Timeout = RequestLimit };
        if (environment(TokenVariable) is { Length: > 0 } token) http.DefaultRequestHeaders.Add(TokenHeader, token);
        return http;
    }

    /// <summary>Returns when the broker has it.</summary>
    /// <exception cref="NotAnsweredException">The broker may not have it; to publish it again is harmless.</exception>
    public async Task PublishAsync(Telling telling, CancellationToken cancellationToken)
    {
        // The attributes of the event go as metadata, as in the apps: the sidecar makes the envelope, and is its source.
        var path = $"/v1.0/publish/{Topics.PubSub}/{telling.Topic}?metadata.partitionKey={Escaped(telling.Key)}&metadata.cloudevent.id={Escaped(telling.Id)}&metadata.cloudevent.type={Escaped(telling.Type)}";
        using var content = new StringContent(telling.Json, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));
        try
        {
            using var answer = await http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
            if (answer.IsSuccessStatusCode) return;
            throw new NotAnsweredException($"The sidecar at {http.BaseAddress} did not publish {telling.Id}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new NotAnsweredException($"The sidecar at {http.BaseAddress} does not answer, so {telling.Id} may not be published: {error.Message}");
        }
    }

    private static string Escaped(string text) => Uri.EscapeDataString(text);
}
