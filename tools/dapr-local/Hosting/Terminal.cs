namespace DaprLocal.Hosting;

/// <summary>
/// The one place that writes to the console, so that lines of several processes never mix. Colours are off when the output is
/// redirected or NO_COLOR is set.
/// </summary>
internal sealed class Terminal(TextWriter output, TextWriter error, bool hasColors)
{
    private readonly Lock _lock = new();

    /// <summary>Writes to the process's own console.</summary>
    public static Terminal ForProcess() =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")));

    /// <summary>Writes everything, without colours, to one writer.</summary>
    public static Terminal For(TextWriter writer) => new(writer, writer, hasColors: false);

    /// <summary>A line of progress or of an answer; a prefix can have a colour.</summary>
    public void Line(string text = "", string prefix = "", ConsoleColor? color = null) => Write(output, color, prefix, text);

    /// <summary>Something the user should know but need not act on.</summary>
    public void Note(string text) => Write(output, ConsoleColor.Yellow, "note: ", text);

    /// <summary>What went wrong, on stderr.</summary>
    public void Error(string text) => Write(error, ConsoleColor.Red, "error: ", text);

    /// <summary>A line of an app, prefixed as <c>dapr run</c> does.</summary>
    public void AppLine(string appId, ConsoleColor color, string text) => Write(output, color, $"== APP - {appId} == ", text);

    private void Write(TextWriter writer, ConsoleColor? color, string prefix, string text)
    {
        lock (_lock)
        {
            if (hasColors && color is { } chosen) Console.ForegroundColor = chosen;
            writer.Write(prefix);
            if (hasColors && color is not null) Console.ResetColor();
            writer.WriteLine(text);
        }
    }
}
