using Spectre.Console;
using Spectre.Console.Rendering;

namespace DaprLocal.Hosting;

/// <summary>
/// The one place that writes to the console, so that lines of several processes never mix. Colours are off when the output is
/// redirected or NO_COLOR is set.
/// </summary>
internal sealed class Terminal
{
    private const int WidthWhenRedirected = 160;

    private readonly Lock _lock = new();
    private readonly IAnsiConsole _output;
    private readonly IAnsiConsole _error;

    private Terminal(IAnsiConsole output, IAnsiConsole error) => (_output, _error) = (output, error);

    /// <summary>Writes to the process's own console.</summary>
    public static Terminal ForProcess() => new(
        Create(Console.Out, Console.IsOutputRedirected), Create(Console.Error, Console.IsErrorRedirected));

    /// <summary>Writes everything, without colours, to one writer.</summary>
    public static Terminal For(TextWriter writer)
    {
        var console = Create(writer, redirected: true);
        return new Terminal(console, console);
    }

    /// <summary>A line of progress or of an answer.</summary>
    public void Line(string text = "") => Write(_output, null, "", text);

    /// <summary>A line whose beginning is emphasised.</summary>
    public void Line(string prefix, string text, Style? style = null) => Write(_output, style ?? new Style(decoration: Decoration.Bold), prefix, text);

    /// <summary>Something the user should know but need not act on.</summary>
    public void Note(string text) => Write(_output, new Style(Color.Yellow), "note: ", text);

    /// <summary>What went wrong, on stderr.</summary>
    public void Error(string text) => Write(_error, new Style(Color.Red), "error: ", text);

    /// <summary>A line of an app, prefixed as <c>dapr run</c> does.</summary>
    public void AppLine(string appId, Color color, string text) => Write(_output, new Style(color), $"== APP - {appId} == ", text);

    /// <summary>A table or another drawing.</summary>
    public void Draw(IRenderable drawing)
    {
        lock (_lock)
            _output.Write(drawing);
    }

    // The text itself goes out raw: it may hold markup or the app's own colours, and must not be wrapped.
    private void Write(IAnsiConsole console, Style? style, string prefix, string text)
    {
        lock (_lock)
        {
            if (prefix.Length > 0)
                console.Write(new Text(prefix, style));
            console.Profile.Out.Writer.WriteLine(text);
        }
    }

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var plain = redirected || Environment.GetEnvironmentVariable("NO_COLOR") is { Length: > 0 };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        if (redirected)
            console.Profile.Width = WidthWhenRedirected;
        return console;
    }
}
