using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace DaprLocal.PubSub;

/// <summary>What the app answered. <paramref name="IsRefused"/>: nothing listens on its port; status 0: no answer at all.</summary>
internal readonly record struct AppAnswer(int Status, byte[] Body, bool IsRefused = false)
{
    /// <summary>True for any 2xx.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;
}

/// <summary>HTTP calls from a sidecar to its app. Failures to connect or to answer are answers, not exceptions.</summary>
internal sealed class AppChannel : IDisposable
{
    private const int MaxAnswer = 4 * 1024 * 1024;
    private readonly HttpClient _client;
    private readonly string? _token;

    /// <summary>A channel to one app; <paramref name="token"/> is sent as <c>dapr-api-token</c>.</summary>
    public AppChannel(string host, int port, string? token)
    {
        _token = token;
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
            ActivityHeadersPropagator = null,
        };
        _client = new HttpClient(handler) { BaseAddress = new UriBuilder("http", host, port).Uri, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswer };
    }

    /// <summary>GET with the headers that daprd sends when it asks an app about itself.</summary>
    public Task<AppAnswer> GetAsync(string path, string appId, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, PathOf(path)) { Content = new ByteArrayContent([]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("dapr-app-id", appId);
        return SendAsync(request, null, TimeProvider.System, cancellationToken);
    }

    /// <summary>GET of a health endpoint, which must be open to callers without a token.</summary>
    public Task<AppAnswer> ProbeAsync(string path, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, PathOf(path)), timeout, time, cancellationToken, withToken: false);

    /// <summary>POST of a delivery.</summary>
    public Task<AppAnswer> PostAsync(string path, string contentType, ReadOnlyMemory<byte> body, IEnumerable<KeyValuePair<string, string>> headers, TimeSpan? timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        var request = new HttpRequestMessage(HttpMethod.Post, PathOf(path)) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return SendAsync(request, timeout, time, cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private async Task<AppAnswer> SendAsync(HttpRequestMessage request, TimeSpan? timeout, TimeProvider time, CancellationToken cancellationToken, bool withToken = true)
    {
        using var ownedRequest = request;
        if (withToken && _token is not null) request.Headers.TryAddWithoutValidation("dapr-api-token", _token);
        using var limit = timeout is { } t ? new CancellationTokenSource(t, time) : null;
        using var linked = limit is null ? null : CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await _client.SendAsync(request, linked?.Token ?? cancellationToken);
            return new AppAnswer((int)response.StatusCode, response.StatusCode == HttpStatusCode.NoContent ? [] : await response.Content.ReadAsByteArrayAsync(linked?.Token ?? cancellationToken));
        }
        catch (HttpRequestException error)
        {
            return new AppAnswer(0, [], error.HttpRequestError == HttpRequestError.ConnectionError);
        }
        catch (IOException)
        {
            return new AppAnswer(0, []);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new AppAnswer(0, []);
        }
    }

    private static Uri PathOf(string path) => new("/" + path.TrimStart('/'), UriKind.Relative);
}
