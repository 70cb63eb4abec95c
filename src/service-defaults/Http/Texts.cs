using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Texts for people in the two languages of the product, chosen by the request's Accept-Language.</summary>
public static class Texts
{
    /// <summary>The cultures that requests can choose; the first is the default.</summary>
    public static IReadOnlyList<string> Cultures { get; } = ["en", "zh"];

    /// <summary>
    /// Chooses the language that the client wants most (RFC 9110 section 12.5.4, RFC 4647 section 3.4): <c>zh-CN</c> asks for <c>zh</c>,
    /// <c>*</c> for any that is not named, and what has the weight 0 is not wanted. When none of ours is, the first has to do.
    /// </summary>
    internal static RequestCultureProvider ByLanguage { get; } = new CustomRequestCultureProvider(context =>
    {
        var ranges = context.Request.GetTypedHeaders().AcceptLanguage.Select(range => (Language: range.Value.Value?.Split('-')[0].ToLowerInvariant(), Weight: range.Quality ?? 1)).ToArray();
        var wanted = Cultures.Select(culture => (Culture: culture, Range: ranges.Where(range => range.Language == culture).DefaultIfEmpty(ranges.FirstOrDefault(range => range.Language == "*")).MaxBy(range => range.Weight)))
            .Where(choice => choice.Range is { Language: not null, Weight: > 0 }).ToArray();
        if (wanted.Length == 0) return Task.FromResult<ProviderCultureResult?>(null);
        var most = wanted.Max(choice => choice.Range.Weight);
        // Of equal ones the one that is named first.
        return Task.FromResult<ProviderCultureResult?>(new ProviderCultureResult(wanted.Where(choice => choice.Range.Weight >= most).MinBy(choice => Array.IndexOf(ranges, choice.Range)).Culture));
    });

    /// <summary>The text in the language of the current request.</summary>
    public static string Of(string english, string chinese) =>
        CultureInfo.CurrentUICulture.Name.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? chinese : english;
}
