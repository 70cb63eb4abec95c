namespace DaprLocal.Hosting;

/// <summary>Shows what the sidecars log, between the lines of the apps.</summary>
internal sealed class TerminalLoggerProvider(Terminal terminal) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var cause = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
        terminal.Line($"{logLevel}: {formatter(state, exception)}{cause}", "== DAPR == ", logLevel >= LogLevel.Warning ? ConsoleColor.Yellow : ConsoleColor.DarkGray);
    }

    public void Dispose()
    {
    }
}
