using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Texts for people in the two languages of the product, chosen by the request's Accept-Language.</summary>
public static class Texts
{
    /// <summary>The cultures that requests can choose; the first is the default.</summary>
    public static IReadOnlyList<string> Cultures { get; } = ["en", "zh"];

    /// <summary>Chooses the culture by the language alone: <c>zh-CN</c> asks for <c>zh</c>. (RFC 4647 section 3.4; cultures have no parents here.)</summary>
    internal static RequestCultureProvider ByLanguage { get; } = new CustomRequestCultureProvider(context => Task.FromResult(
        context.Request.GetTypedHeaders().AcceptLanguage.OrderByDescending(range => range.Quality ?? 1)
            .Select(range => range.Value.Value?.Split('-')[0].ToLowerInvariant())
            .FirstOrDefault(language => language is not null && Cultures.Contains(language)) is { } language ? new ProviderCultureResult(language) : null));

    /// <summary>The text in the language of the current request.</summary>
    public static string Of(string english, string chinese) =>
        CultureInfo.CurrentUICulture.Name.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? chinese : english;
}
