namespace DaprLocal.Hosting;

/// <summary>Reads a process's output line by line.</summary>
internal static class LineReader
{
    /// <summary>Calls <paramref name="onLine"/> for every line until the stream ends.</summary>
    public static async Task ReadAsync(TextReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync() is { } line) onLine(line);
    }
}
