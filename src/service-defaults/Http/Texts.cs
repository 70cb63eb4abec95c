using System.Globalization;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Texts for people in the two languages of the product, chosen by the request's Accept-Language.</summary>
public static class Texts
{
    /// <summary>The cultures that requests can choose; the first is the default.</summary>
    public static IReadOnlyList<string> Cultures { get; } = ["en", "zh"];

    /// <summary>The text in the language of the current request.</summary>
    public static string Of(string english, string chinese) =>
        CultureInfo.CurrentUICulture.Name.StartsWith("zh", StringComparison.OrdinalIgnoreCase) ? chinese : english;
}
