using Microsoft.Extensions.Logging;

namespace DaprWorkflow.Tests.Replay;

/// <summary>Keeps all that is logged.</summary>
internal sealed class RecordingLoggers : ILoggerFactory, ILoggerProvider, ILogger
{
    public List<string> Entries { get; } = [];

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Entries) Entries.Add(formatter(state, exception));
    }

    public void Dispose()
    {
    }
}
