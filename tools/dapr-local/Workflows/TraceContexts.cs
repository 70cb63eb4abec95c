using System.Diagnostics.CodeAnalysis;
using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>Checks and reads W3C trace parents. Without tracing a context is passed on unchanged.</summary>
internal static class TraceContexts
{
    /// <summary>What is wrong with the context, or null.</summary>
    public static string? Problem(TraceContext? context)
    {
        if (context is null) return null;
        var parts = context.TraceParent.Split('-');
        var (trace, span) = parts.Length == 4 ? (parts[1], parts[2]) : ("", "");
        return trace.Length != 32 ? "hex encoded trace-id must have length equals to 32"
            : !IsHex(trace) ? "trace-id can only contain [0-9a-f] characters, all lowercase"
            : trace.All(c => c == '0') ? "trace-id can't be all zero"
            : span.Length != 16 ? "hex encoded span-id must have length equals to 16"
            : !IsHex(span) ? "span-id can only contain [0-9a-f] characters, all lowercase"
            : span.All(c => c == '0') ? "span-id can't be all zero"
            : null;
    }

    /// <summary>The context as a workflow keeps it.</summary>
    [return: NotNullIfNotNull(nameof(context))]
    public static TraceContext? Normalize(TraceContext? context) =>
        context is null ? null : new TraceContext { TraceParent = context.TraceParent, TraceState = context.TraceState };

    /// <summary>The span id of a valid context.</summary>
    public static string? SpanOf(TraceContext? context) => context?.TraceParent.Split('-')[2];

    private static bool IsHex(string text) => text.All(c => c is >= '0' and <= '9' or >= 'a' and <= 'f');
}
