using System.Diagnostics;
using Dapr.TaskHub.Protos;

namespace DaprLocal.Workflows;

/// <summary>W3C trace parents. Without tracing a context is passed on unchanged.</summary>
internal static class TraceContexts
{
    /// <summary>Whether the context is one (https://www.w3.org/TR/trace-context/#traceparent-header).</summary>
    public static bool IsValid(TraceContext context) => ActivityContext.TryParse(context.TraceParent, null, out _);

    /// <summary>The span id of a valid context.</summary>
    public static string? SpanOf(TraceContext? context) => context?.TraceParent.Split('-')[2];
}
