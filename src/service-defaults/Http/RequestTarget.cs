using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>
/// What a request is about must have one reading. The server leaves <c>%2F</c> in the path and what is not UTF-8 as they are, so that two paths
/// would name one product, and two queries one user; and it joins query parameters that are given twice.
/// </summary>
public static partial class RequestTarget
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Refuses such requests; put it before routing.</summary>
    internal static void UsePlainTargets(this WebApplication app) => app.Use((context, next) =>
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var (path, query) = target.Split('?', 2) is [var before, var after] ? (before, after) : (target, "");
        if (Slash().IsMatch(path) || !IsText(path)) return Problems.Of(StatusCodes.Status400BadRequest, "BAD_PATH", Texts.Of("The path contains %2F, or is not UTF-8 with percent-encoding.", "路径包含 %2F，或不是百分号编码的 UTF-8。")).ExecuteAsync(context);
        if (!IsText(query)) return Problems.Of(StatusCodes.Status400BadRequest, "BAD_QUERY", Texts.Of("The query is not UTF-8 with percent-encoding.", "查询字符串不是百分号编码的 UTF-8。")).ExecuteAsync(context);
        var twice = context.Request.Query.Where(parameter => parameter.Value.Count > 1).ToDictionary(parameter => parameter.Key, _ => new[] { Texts.Of("This parameter may be given once.", "该参数只能出现一次。") });
        return twice.Count > 0 ? Problems.Validation(twice).ExecuteAsync(context) : next(context);
    });

    /// <summary>True when every percent sign begins an octet and all octets are UTF-8.</summary>
    private static bool IsText(string encoded)
    {
        if (NoOctet().IsMatch(encoded)) return false;
        try
        {
            foreach (Match octets in Octets().Matches(encoded)) Strict.GetCharCount(Convert.FromHexString(octets.Value.Replace("%", "", StringComparison.Ordinal)));
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    [GeneratedRegex("%2f", RegexOptions.IgnoreCase)]
    private static partial Regex Slash();

    [GeneratedRegex("%(?![0-9a-fA-F]{2})")]
    private static partial Regex NoOctet();

    [GeneratedRegex("(?:%[0-9a-fA-F]{2})+")]
    private static partial Regex Octets();
}
