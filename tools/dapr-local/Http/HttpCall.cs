using System.Buffers;
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

    private HttpCall(HttpContext context, string[] path, bool endsWithSlash, int maxBodySize)
    {
        _context = context;
        Path = path;
        EndsWithSlash = endsWithSlash;
        _maxBodySize = maxBodySize;
    }

    /// <summary>The path's segments, unescaped one by one: an escaped slash is part of a segment. Empty ones are left out.</summary>
    public string[] Path { get; }

    /// <summary>True when the path as sent ends with a slash.</summary>
    public bool EndsWithSlash { get; }

    /// <summary>The request.</summary>
    public HttpRequest Request => _context.Request;

    /// <summary>The response.</summary>
    public HttpResponse Response => _context.Response;

    /// <summary>Ends when the caller has gone.</summary>
    public CancellationToken Aborted => _context.RequestAborted;

    /// <summary>Splits the request's path; null when its escapes are broken.</summary>
    public static HttpCall? Create(HttpContext context, int maxBodySize)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var path = target.AsSpan(0, target.IndexOf('?', StringComparison.Ordinal) is var query and >= 0 ? query : target.Length);
        var segments = new List<string>(6);
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.IsEmpty) continue;
            if (!segment.Contains('%')) segments.Add(segment.ToString());
            else if (IsEscapedWell(segment)) segments.Add(Uri.UnescapeDataString(segment.ToString()));
            else return null;
        }

        return new HttpCall(context, [.. segments], path is [.., '/'], maxBodySize);
    }

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

    /// <summary>Reads the body, or gives null when it is larger than the sidecar's limit.</summary>
    public async Task<byte[]?> ReadBodyAsync()
    {
        if (Request.ContentLength > _maxBodySize) return null;
        var output = new ArrayBufferWriter<byte>((int)Math.Max(Request.ContentLength ?? 1024, 1));
        while (true)
        {
            var read = await Request.BodyReader.ReadAsync(Aborted);
            foreach (var part in read.Buffer) output.Write(part.Span);
            Request.BodyReader.AdvanceTo(read.Buffer.End);
            if (output.WrittenCount > _maxBodySize) return null;
            if (read.IsCompleted) return output.WrittenSpan.ToArray();
        }
    }

    /// <summary>204, or another status without a body.</summary>
    public Task EmptyAsync(int status = StatusCodes.Status204NoContent)
    {
        Response.StatusCode = status;
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
    public Task ErrorAsync(ApiError error) => JsonAsync(ErrorBody.Of(error), error.HttpStatus);

    private IEnumerable<(string Name, string Value)> QueryParameters()
    {
        foreach (var pair in new QueryStringEnumerable(Request.QueryString.Value))
        {
            yield return (pair.DecodeName().ToString(), pair.DecodeValue().ToString());
        }
    }

    private static bool IsEscapedWell(ReadOnlySpan<char> segment)
    {
        for (var i = 0; i < segment.Length; i++)
        {
            if (segment[i] == '%' && (i + 2 >= segment.Length || !char.IsAsciiHexDigit(segment[i + 1]) || !char.IsAsciiHexDigit(segment[i + 2]))) return false;
        }

        return true;
    }
}
