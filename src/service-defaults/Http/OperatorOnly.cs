using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrderInventory.ServiceDefaults.Http;

/// <summary>Guards what only operators may see: it answers callers on the machine itself (kubectl port-forward is one of them).</summary>
public static class OperatorOnly
{
    /// <summary>Refuses every other caller with 403.</summary>
    public static TBuilder RequireOperator<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.AddEndpointFilter(async (context, next) =>
            IsOperator(context.HttpContext)
                ? await next(context)
                : Problems.Of(StatusCodes.Status403Forbidden, "OPERATORS_ONLY", Texts.Of("Only operators may do this, on the machine itself.", "仅限运维人员在本机执行此操作。")));

    // No address: a server without a network, as in tests.
    private static bool IsOperator(HttpContext context) => context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);
}
