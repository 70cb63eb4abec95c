using System.Text;
using Npgsql;

namespace DaprLocal.State;

/// <summary>
/// A connection string as daprd takes it, <c>host=… user=… password=…</c> or <c>postgres://…</c>, in the words of the
/// driver. Semicolons between the pairs and the driver's own names are understood too.
/// </summary>
internal static class PostgresConnection
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["host"] = "Host",
        ["hostaddr"] = "Host",
        ["port"] = "Port",
        ["user"] = "Username",
        ["username"] = "Username",
        ["password"] = "Password",
        ["dbname"] = "Database",
        ["database"] = "Database",
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["search_path"] = "Search Path",
        ["pool_max_conns"] = "Maximum Pool Size",
    };

    /// <summary>The driver's settings.</summary>
    /// <exception cref="FormatException">It is no connection string, names a setting that is not known here, or gives one a senseless value.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        foreach (var (name, value) in text.Contains("://", StringComparison.Ordinal) ? PairsOfUri(text) : Pairs(text))
        {
            if (!Names.TryGetValue(name, out var known)) throw new FormatException($"'{name}' is not known in a connection string; known are {string.Join(", ", Names.Keys)}");
            try
            {
                builder[known] = known == "SSL Mode" ? value.Replace("-", "", StringComparison.Ordinal) : value;
            }
            catch (ArgumentException error)
            {
                throw new FormatException($"'{name}' has a value that it cannot have: {error.Message}");
            }
        }

        return builder.Host is null ? throw new FormatException("'host' is missing") : builder;
    }

    private static IEnumerable<(string Name, string Value)> PairsOfUri(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql")) throw new FormatException("it is no postgres:// address");
        yield return ("host", uri.Host);
        if (uri.Port > 0) yield return ("port", uri.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0) yield return ("user", Uri.UnescapeDataString(user[0]));
        if (user.Length > 1) yield return ("password", Uri.UnescapeDataString(user[1]));
        if (uri.AbsolutePath.Length > 1) yield return ("dbname", Uri.UnescapeDataString(uri.AbsolutePath[1..]));
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            yield return (parts[0], parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }
    }

    // name=value, apart by white space or semicolons; a value in single quotes may hold both, and \ takes the next character as it is.
    private static IEnumerable<(string Name, string Value)> Pairs(string text)
    {
        for (var at = 0; ;)
        {
            while (at < text.Length && (char.IsWhiteSpace(text[at]) || text[at] == ';')) at++;
            if (at == text.Length) yield break;
            var equals = text.IndexOf('=', at);
            if (equals < 0) throw new FormatException($"'{text[at..].Split(' ')[0]}' is not name=value");
            var name = text[at..equals].Trim();
            at = equals + 1;
            while (at < text.Length && text[at] == ' ') at++;
            var isQuoted = at < text.Length && text[at] == '\'';
            if (isQuoted) at++;
            var value = new StringBuilder();
            while (at < text.Length && (isQuoted ? text[at] != '\'' : !char.IsWhiteSpace(text[at]) && text[at] != ';'))
            {
                if (text[at] == '\\' && at + 1 < text.Length) at++;
                value.Append(text[at++]);
            }

            if (isQuoted && at++ >= text.Length) throw new FormatException($"the quote of '{name}' has no end");
            yield return (name, value.ToString());
        }
    }
}
