using System.Collections.Concurrent;

namespace Dapr.Workflow;

/// <summary>A recorded failure of an activity or a workflow: what is left of the exception after it crossed processes.</summary>
/// <param name="errorType">The full name of the exception's type, or an error name.</param>
/// <param name="errorMessage">The message of the exception.</param>
/// <param name="stackTrace">The stack trace, if it was recorded.</param>
public class WorkflowTaskFailureDetails(string errorType, string errorMessage, string? stackTrace = null)
{
    private static readonly ConcurrentDictionary<string, Type> KnownTypes = new(StringComparer.Ordinal);

    /// <summary>The full name of the exception's type, or an error name.</summary>
    public string ErrorType { get; } = errorType;

    /// <summary>The message of the exception.</summary>
    public string ErrorMessage { get; } = errorMessage;

    /// <summary>The stack trace, if it was recorded.</summary>
    public string? StackTrace { get; } = stackTrace;

    /// <summary>Whether the failed party asked for no further attempts.</summary>
    internal bool IsNonRetriable { get; init; }

    /// <summary>Whether the recorded exception is a <typeparamref name="T"/>; false when its type is not known to this process.</summary>
    /// <typeparam name="T">The exception type to test for.</typeparam>
    public bool IsCausedBy<T>() where T : Exception =>
        string.Equals(ErrorType, typeof(T).FullName, StringComparison.Ordinal)
        || (Resolve(ErrorType) is { } type && typeof(T).IsAssignableFrom(type));

    /// <summary>The failure as "type: message".</summary>
    public override string ToString() => $"{ErrorType}: {ErrorMessage}";

    private static Type? Resolve(string name)
    {
        if (string.IsNullOrEmpty(name)) return null;
        if (KnownTypes.TryGetValue(name, out var known)) return known;

        // Type.GetType alone knows only the core library; exceptions of the app live in its own assemblies.
        var type = Type.GetType(name, throwOnError: false)
            ?? AppDomain.CurrentDomain.GetAssemblies().Select(assembly => assembly.GetType(name, throwOnError: false)).FirstOrDefault(found => found is not null);
        if (type is not null) KnownTypes.TryAdd(name, type);
        return type;
    }
}
