using System.Text.RegularExpressions;

namespace DaprLocal.Config;

/// <summary>
/// A routing rule of a subscription. Of the expression language (CEL) the one form is understood that routes by an
/// attribute of the event, <c>event.type == "order.placed"</c>; <paramref name="Match"/> is the text as written.
/// </summary>
internal sealed partial record RouteRule(string Match, string Attribute, string Value, string Path)
{
    /// <summary>Reads a rule.</summary>
    /// <exception cref="FormatException">The expression is of another form.</exception>
    public static RouteRule Parse(string match, string path)
    {
        var form = Form().Match(match);
        return form.Success
            ? new RouteRule(match, form.Groups["attribute"].Value, form.Groups["value"].Value, path)
            : throw new FormatException($"dapr-local understands only rules of the form event.type == \"text\", not '{match}'; route by 'default' and choose in the handler");
    }

    [GeneratedRegex("""^\s*event\.(?<attribute>[a-z][a-z0-9]*)\s*==\s*(?<quote>["'])(?<value>[^"'\\]*)\k<quote>\s*$""")]
    private static partial Regex Form();
}
