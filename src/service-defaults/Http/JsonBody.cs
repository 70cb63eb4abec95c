using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Reads a JSON body so that each mistake in it names its field.</summary>
public static class JsonBody
{
    /// <summary>Reads the body as <typeparamref name="T"/> with the app's JSON options; exactly one of the results is not null.</summary>
    public static async Task<(T? Value, ProblemHttpResult? Problem)> ReadAsync<T>(HttpRequest request)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.HasJsonContentType())
            return (null, Problems.Of(StatusCodes.Status415UnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", Texts.Of("The body must be application/json.", "请求体必须是 application/json。")));
        try
        {
            var value = await request.ReadFromJsonAsync<T>(request.HttpContext.RequestAborted);
            return value is null ? (null, Invalid("$", Texts.Of("A body is required.", "请求体不能为空。"))) : (value, null);
        }
        catch (JsonException error)
        {
            return (null, Explain(error));
        }
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Problems.BodyTooLarge());
        }
    }

    private static ProblemHttpResult Explain(JsonException error)
    {
        var field = Field(error);
        if (field is null) return Invalid("$", Texts.Of("The body is not valid JSON.", "请求体不是有效的 JSON。"));
        return error.Message.Contains("could not be mapped", StringComparison.Ordinal)
            ? Invalid(field, Texts.Of("This field is unknown.", "未知字段。"))
            : Invalid(field, Texts.Of("The value has the wrong type or does not fit.", "值的类型错误或超出范围。"));
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
