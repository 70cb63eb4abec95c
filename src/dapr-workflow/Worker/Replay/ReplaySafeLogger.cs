using Microsoft.Extensions.Logging;

namespace Dapr.Workflow.Worker.Replay;

/// <summary>Logs only what the code does for the first time.</summary>
internal sealed class ReplaySafeLogger(ILogger inner, TurnState state) : ILogger
{
    public IDisposable? BeginScope<TState>(TState scope) where TState : notnull => inner.BeginScope(scope);

    public bool IsEnabled(LogLevel logLevel) => !state.IsReplaying && inner.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState entry, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!state.IsReplaying) inner.Log(logLevel, eventId, entry, exception, formatter);
    }
}
