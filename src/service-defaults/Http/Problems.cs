using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using OrderInventory.Contracts;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// RFC 9457 problems with the members of the API's envelope: stable <c>type</c> and <c>code</c>, <c>message</c>,
/// <c>traceId</c> and <c>success: false</c>.
/// </summary>
public static class Problems
{
    private const string CannotBeRead = "The server cannot read this request.";

    /// <summary>A problem answer. <paramref name="code"/> is stable and upper-case; <paramref name="message"/> is for people.</summary>
    public static ProblemHttpResult Of(int status, string code, string message, IDictionary<string, object?>? extensions = null)
    {
        var problem = new ProblemDetails { Status = status, Type = TypeOf(code), Title = code, Detail = message };
        problem.Extensions["code"] = code;
        problem.Extensions["message"] = message;
        foreach (var (name, value) in extensions ?? new Dictionary<string, object?>()) problem.Extensions[name] = value;
        return TypedResults.Problem(problem);
    }

    /// <summary>400 with the fields that are wrong, by their camelCase names.</summary>
    public static ProblemHttpResult Validation(IReadOnlyDictionary<string, string[]> errors) => Of(
        StatusCodes.Status400BadRequest,
        "VALIDATION_FAILED",
        Texts.Of("Some fields are not valid.", "部分字段无效。"),
        new Dictionary<string, object?> { ["errors"] = errors });

    /// <summary>Says what is wrong with an id that is none (<see cref="ResourceName"/>); <paramref name="name"/>: of its field.</summary>
    public static string NotAName(string name) => Texts.Of(
        $"{name} must have 1 to {ResourceName.MaxLength} characters without '/' and control characters, without spaces at the ends, and not only dots.",
        $"{name} 必须为 1 到 {ResourceName.MaxLength} 个字符，不能包含“/”或控制字符，首尾不能有空格，也不能只有点。");

    /// <summary>The problem of a status alone.</summary>
    internal static ProblemHttpResult OfStatus(int status) => Of(status, CodeOf(status), MessageOf(status));

    /// <summary>503: nothing is wrong that anybody has to look at; the same request is answered later.</summary>
    public static ProblemHttpResult Unavailable(HttpResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        response.Headers.RetryAfter = "1";
        return OfStatus(StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>413.</summary>
    internal static ProblemHttpResult BodyTooLarge() => Of(StatusCodes.Status413PayloadTooLarge, "BODY_TOO_LARGE", MessageOf(StatusCodes.Status413PayloadTooLarge));

    /// <summary>Completes every problem of the app with what all have in common; also those that the framework makes.</summary>
    internal static void Customize(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (!problem.Extensions.TryGetValue("code", out var code))
        {
            var status = problem.Status ?? context.HttpContext.Response.StatusCode;
            code = CodeOf(status);
            problem.Type = TypeOf((string)code);
            problem.Title = (string)code;
            problem.Extensions["code"] = code;
            problem.Extensions["message"] = problem.Detail ??= MessageOf(status);
        }

        problem.Extensions["success"] = false;
        problem.Extensions["traceId"] = Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;
    }

    /// <summary>The problem of a request that the server refused before the app saw it. Its language is not known, so it is the first of <see cref="Texts.Cultures"/>.</summary>
    internal static ProblemDetails OfServer(int status, string traceId)
    {
        var (code, message) = (CodeOf(status), CannotBeRead);
        return new ProblemDetails { Status = status, Type = TypeOf(code), Title = code, Detail = message, Extensions = { ["code"] = code, ["message"] = message, ["success"] = false, ["traceId"] = traceId } };
    }

    private static string TypeOf(string code) => "urn:order-inventory:problem:" + code.ToLowerInvariant().Replace('_', '-');

    private static string CodeOf(int status) => status switch
    {
        400 => "BAD_REQUEST",
        404 => "NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        412 => "PRECONDITION_FAILED",
        413 => "BODY_TOO_LARGE",
        415 => "UNSUPPORTED_MEDIA_TYPE",
        500 => "INTERNAL_ERROR",
        503 => "UNAVAILABLE",
        _ => "HTTP_" + status.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string MessageOf(int status) => status switch
    {
        400 => Texts.Of(CannotBeRead, "服务器无法读取该请求。"),
        404 => Texts.Of("There is nothing at this address.", "此地址不存在任何资源。"),
        405 => Texts.Of("This method is not allowed here.", "此处不允许使用该方法。"),
        408 => Texts.Of("The request came too slowly.", "请求传输过慢。"),
        413 => Texts.Of("The body is too large.", "请求体过大。"),
        415 => Texts.Of("The body must be application/json in UTF-8.", "请求体必须是 UTF-8 编码的 application/json。"),
        503 => Texts.Of("The service cannot answer right now; try again.", "服务暂时不可用，请稍后重试。"),
        _ => Texts.Of("The request failed.", "请求失败。"),
    };
}
