using Spectre.Console;

namespace DaprLocal.Hosting;

/// <summary>Shows what the sidecars log, between the lines of the apps.</summary>
internal sealed class TerminalLoggerProvider(Terminal terminal) : ILoggerProvider
{
    private static readonly Style Plain = new(Color.Grey);
    private static readonly Style Alarming = new(Color.Yellow);

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new TerminalLogger(terminal);

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class TerminalLogger(Terminal terminal) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var text = formatter(state, exception);
            var cause = exception is null ? "" : $" ({exception.GetType().Name}: {exception.Message})";
            terminal.Line("== DAPR == ", $"{logLevel}: {text}{cause}", logLevel >= LogLevel.Warning ? Alarming : Plain);
        }
    }
}
