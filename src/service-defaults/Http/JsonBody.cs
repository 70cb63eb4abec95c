using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Reads a JSON body so that each mistake in it names its field.</summary>
public static class JsonBody
{
    private const string Json = "application/json";
    private const string Charset = "utf-8";

    /// <summary>Reads the body as <typeparamref name="T"/> as <see cref="RequestJson"/> has it; exactly one of the results is not null.</summary>
    public static async Task<(T? Value, ProblemHttpResult? Problem)> ReadAsync<T>(HttpRequest request)
        where T : class
    {
        var (value, problem) = await ReadOptionalAsync<T>(request);
        return value is null ? (null, problem ?? Required()) : (value, null);
    }

    /// <summary>As <see cref="ReadAsync"/>; neither result when there is no body, which is one without content, whatever its type is.</summary>
    public static async Task<(T? Value, ProblemHttpResult? Problem)> ReadOptionalAsync<T>(HttpRequest request)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            if (await IsEmptyAsync(request)) return (null, null);
            if (Unsupported(request) is { } unsupported) return (null, unsupported);
            var json = request.HttpContext.RequestServices.GetRequiredService<RequestJson>().Options;
            var value = await JsonSerializer.DeserializeAsync<T>(request.BodyReader, json, CancellationToken.None);
            return value is null ? (null, Required()) : (value, null);
        }
        catch (JsonException error)
        {
            return (null, Explain(error));
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Problems.BodyTooLarge());
        }
        catch (IOException error)
        {
            if (RequestBody.EndConnection(request.HttpContext, error)) return (null, Problems.OfStatus(((BadHttpRequestException)error).StatusCode));
            throw;
        }
    }

    private static async Task<bool> IsEmptyAsync(HttpRequest request)
    {
        var read = await request.BodyReader.ReadAsync(CancellationToken.None);
        request.BodyReader.AdvanceTo(read.Buffer.Start);
        return read.Buffer.IsEmpty && read.IsCompleted;
    }

    /// <summary>Why the body cannot be read as it is labelled (RFC 9110 sections 8.3, 8.4 and 15.5.16); null when it can.</summary>
    private static ProblemHttpResult? Unsupported(HttpRequest request)
    {
        var (headers, answer) = (request.Headers, request.HttpContext.Response.Headers);
        if (headers.ContentEncoding.SelectMany(value => value?.Split(',', StringSplitOptions.TrimEntries) ?? []).Any(coding => !coding.Equals("identity", StringComparison.OrdinalIgnoreCase)))
        {
            answer.AcceptEncoding = "identity";
            return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_CONTENT_ENCODING", Texts.Of("The body must not be compressed: Content-Encoding may only be identity.", "请求体不能压缩：Content-Encoding 只能为 identity。"));
        }

        if (headers.ContentType.Count == 1 && MediaTypeHeaderValue.TryParse(headers.ContentType[0]?.TrimEnd(' ', ';'), out var type) && Json.Equals(type.MediaType, StringComparison.OrdinalIgnoreCase)
            && type.Parameters.Where(parameter => parameter.Name.Equals("charset", StringComparison.OrdinalIgnoreCase)).All(parameter => Charset.Equals(parameter.Value?.Trim('"'), StringComparison.OrdinalIgnoreCase)))
            return null;
        answer.Accept = $"{Json}; charset={Charset}";
        return Problems.Of(StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", Texts.Of("The body must be application/json in UTF-8.", "请求体必须是 UTF-8 编码的 application/json。"));
    }

    private static ProblemHttpResult Required() => Invalid("$", Texts.Of("A body is required.", "请求体不能为空。"));

    private static ProblemHttpResult Explain(JsonException error)
    {
        var field = Field(error);
        if (field is null) return Invalid("$", Texts.Of("The body is not valid JSON.", "请求体不是有效的 JSON。"));
        if (error is ValueRefusedException) return Invalid(field, error.Message);
        // .NET tells these two from other mistakes by their texts alone.
        if (error.Message.Contains("could not be mapped", StringComparison.Ordinal)) return Invalid(field, Texts.Of("This field is unknown.", "未知字段。"));
        if (error.Message.StartsWith("Duplicate property", StringComparison.Ordinal)) return Invalid(field, Texts.Of("This field may be given once.", "该字段只能出现一次。"));
        return Invalid(field, Texts.Of("The value has the wrong type or does not fit.", "值的类型错误或超出范围。"));
    }

    /// <summary>The path of the mistake as the client wrote it: <c>lines[0].quantity</c>; null when the text is not JSON at all.</summary>
    private static string? Field(JsonException error)
    {
        if (error.InnerException is JsonException || error.GetType().Name == "JsonReaderException" || error.InnerException?.GetType().Name == "JsonReaderException") return null;
        var path = error.Path is { Length: > 2 } found ? found[2..] : null;
        if (path is not null) return path;
        var quoted = error.Message.Split('\'');
        return quoted.Length > 2 ? quoted[1] : error.Path;
    }

    private static ProblemHttpResult Invalid(string field, string message) =>
        Problems.Validation(new Dictionary<string, string[]> { [field] = [message] });
}
