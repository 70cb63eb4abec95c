namespace DaprLocal.Hosting;

/// <summary>Splits a process's output into lines of bounded length; longer ones arrive in pieces.</summary>
internal static class LineReader
{
    private const int LongestLine = 16 * 1024;

    /// <summary>Calls <paramref name="onLine"/> for every line until the stream ends.</summary>
    public static async Task ReadAsync(TextReader reader, Action<string> onLine)
    {
        var buffer = new char[LongestLine];
        var filled = 0;
        int read;
        while ((read = await reader.ReadAsync(buffer.AsMemory(filled))) > 0)
        {
            filled += read;
            var start = 0;
            for (int end; (end = Array.IndexOf(buffer, '\n', start, filled - start)) >= 0; start = end + 1)
                onLine(new string(buffer, start, end - start).TrimEnd('\r'));
            if (start == 0 && filled == buffer.Length)
            {
                onLine(new string(buffer));
                start = filled;
            }
            Array.Copy(buffer, start, buffer, 0, filled - start);
            filled -= start;
        }
        if (filled > 0)
            onLine(new string(buffer, 0, filled));
    }
}
