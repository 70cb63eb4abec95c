using System.Text;
using Npgsql;

namespace DaprLocal.State;

/// <summary>
/// A connection string as daprd takes it, <c>host=… user=… password=…</c>, in the words of the driver. Semicolons between the
/// pairs and the driver's own names are understood too.
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
        // Without connect_timeout a connection is waited for as long as the operation that needs it may take, and so is its error.
        var builder = new NpgsqlConnectionStringBuilder { Timeout = 0 };
        foreach (var (name, value) in Pairs(text))
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
