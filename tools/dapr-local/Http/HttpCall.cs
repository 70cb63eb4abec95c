using System.Buffers;
using System.Text.Json;
using DaprLocal.Api;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace DaprLocal.Http;

/// <summary>One HTTP request in the terms of the Dapr API: path segments, <c>metadata.*</c> parameters, a bounded body, errors as JSON.</summary>
internal sealed class HttpCall
{
    private const string MetadataPrefix = "metadata.";
    private readonly HttpContext _context;
    private readonly int _maxBodySize;

    /// <summary>Reads the path of a request as it was sent: the server's own form of it has dot segments resolved, and slashes kept escaped.</summary>
    public HttpCall(HttpContext context, int maxBodySize)
    {
        (_context, _maxBodySize) = (context, maxBodySize);
        var path = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?', 2)[0];
        EndsWithSlash = path.EndsWith('/');
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        IsPathClear = path.StartsWith('/') && Array.TrueForAll(segments, IsEscapedWell);
        Path = IsPathClear ? Array.ConvertAll(segments, Uri.UnescapeDataString) : [];
        if (Array.Exists(Path, segment => segment is "." or "..")) (IsPathClear, Path) = (false, []);
    }

    /// <summary>The path's segments, unescaped one by one: an escaped slash is part of a segment. Empty ones are left out.</summary>
    public string[] Path { get; }

    /// <summary>False when the path has broken escapes or segments that go up, however these are written; then <see cref="Path"/> is empty.</summary>
    public bool IsPathClear { get; }

    /// <summary>True when the path as sent ends with a slash.</summary>
    public bool EndsWithSlash { get; }

    /// <summary>The request.</summary>
    public HttpRequest Request => _context.Request;

    /// <summary>The response.</summary>
    public HttpResponse Response => _context.Response;

    /// <summary>Ends when the caller has gone.</summary>
    public CancellationToken Aborted => _context.RequestAborted;

    /// <summary>The query's <c>metadata.*</c> parameters, names case-sensitive, the first of each.</summary>
    public Dictionary<string, string> Metadata()
    {
        var result = new Dictionary<string, string>();
        foreach (var (name, value) in QueryParameters())
        {
            if (name.StartsWith(MetadataPrefix, StringComparison.Ordinal)) result.TryAdd(name[MetadataPrefix.Length..], value);
        }

        return result;
    }

    /// <summary>The first query parameter of that exact name, or null.</summary>
    public string? Query(string name) => QueryParameters().Where(parameter => parameter.Name == name).Select(parameter => parameter.Value).FirstOrDefault();

    /// <summary>Reads the body.</summary>
    /// <exception cref="ApiException">It is larger than the sidecar's limit.</exception>
    public async Task<byte[]> ReadBodyAsync()
    {
        var output = new ArrayBufferWriter<byte>((int)Math.Clamp(Request.ContentLength ?? 1024, 1, _maxBodySize));
        while (true)
        {
            var read = await Request.BodyReader.ReadAsync(Aborted);
            if (output.WrittenCount + read.Buffer.Length > _maxBodySize) throw new ApiException(ApiErrors.Malformed($"the body is larger than {_maxBodySize} bytes"));
            foreach (var part in read.Buffer) output.Write(part.Span);
            Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return output.WrittenSpan.ToArray();
        }
    }

    /// <summary>204.</summary>
    public Task EmptyAsync()
    {
        Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>A body that is JSON, or that daprd calls so.</summary>
    public async Task JsonAsync(ReadOnlyMemory<byte> body, int status = StatusCodes.Status200OK)
    {
        Response.StatusCode = status;
        Response.ContentType = "application/json";
        Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(Request.Method)) await Response.BodyWriter.WriteAsync(body, Aborted);
    }

    /// <summary>Plain text.</summary>
    public async Task TextAsync(string text, int status)
    {
        Response.StatusCode = status;
        Response.ContentType = "text/plain; charset=utf-8";
        await Response.WriteAsync(text, Aborted);
    }

    /// <summary>The JSON form of an error.</summary>
    public Task ErrorAsync(ApiError error) => JsonAsync(JsonSerializer.SerializeToUtf8Bytes(new { errorCode = error.Code, message = error.Message }), error.HttpStatus);

    private IEnumerable<(string Name, string Value)> QueryParameters()
    {
        foreach (var pair in new QueryStringEnumerable(Request.QueryString.Value))
        {
            yield return (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
        }
    }

    private static bool IsEscapedWell(string segment)
    {
        for (var at = segment.IndexOf('%', StringComparison.Ordinal); at >= 0; at = segment.IndexOf('%', at + 1))
        {
            if (at + 2 >= segment.Length || !char.IsAsciiHexDigit(segment[at + 1]) || !char.IsAsciiHexDigit(segment[at + 2])) return false;
        }

        return true;
    }
}
