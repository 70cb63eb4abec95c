using Dapr.TaskHub.Protos;

namespace Dapr.Workflow.Worker;

/// <summary>Builds the failures that go to the sidecar.</summary>
internal static class Failures
{
    // A failure is part of every later work item of the instance; it must not be what exceeds the message limit.
    private const int LongestMessage = 32_768;
    private const int LongestStackTrace = 16_384;

    /// <summary>The failure that an exception becomes.</summary>
    public static TaskFailureDetails From(Exception exception, bool nonRetriable, string? message = null) => new()
    {
        ErrorType = exception.GetType().FullName ?? exception.GetType().Name,
        ErrorMessage = Cut(message ?? exception.Message, LongestMessage),
        StackTrace = exception.StackTrace is { } stack ? Cut(stack, LongestStackTrace) : null,
        IsNonRetriable = nonRetriable,
    };

    /// <summary>A failure without an exception.</summary>
    public static TaskFailureDetails Create(string type, string message, bool nonRetriable = true) =>
        new() { ErrorType = type, ErrorMessage = Cut(message, LongestMessage), IsNonRetriable = nonRetriable };

    private static string Cut(string text, int length)
    {
        if (text.Length <= length) return text;

        // Half of a surrogate pair cannot be encoded.
        if (char.IsHighSurrogate(text[length - 1])) length--;
        return text[..length];
    }
}
