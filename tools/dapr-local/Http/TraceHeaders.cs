using DaprLocal.PubSub;

namespace DaprLocal.Http;

/// <summary>The W3C trace headers: daprd without tracing answers with the caller's, or with an empty trace; health probes have none.</summary>
internal static class TraceHeaders
{
    /// <summary>Adds the headers to a response.</summary>
    public static void Add(HttpContext context)
    {
        context.Response.Headers.TraceParent = ParentOf(context.Request);
        if (context.Request.Headers.TraceState is { Count: > 0 } state) context.Response.Headers.TraceState = state;
    }

    /// <summary>The trace of a request.</summary>
    public static string ParentOf(HttpRequest request) => request.Headers.TraceParent is [{ Length: > 0 } parent] ? parent : DeliveryHeaders.NoTrace;
}
