using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace OrderInventory.ServiceDefaults.Access;

/// <summary>Who may use an endpoint. Every endpoint says so; a test fails for one that does not.</summary>
public enum AccessRule
{
    /// <summary>Everybody, without a token: health, and the description of the API.</summary>
    Anyone = 1,

    /// <summary>The sidecar of the app only, see <see cref="Messaging.SidecarOnly"/>.</summary>
    Sidecar,

    /// <summary>Everybody, or with authentication on everybody whose token is good. What a caller may see of it the endpoint decides.</summary>
    Caller,

    /// <summary>Who runs the business: with authentication on, tokens with the operator scope; without it, everybody.</summary>
    Staff,

    /// <summary>Who runs the system: with authentication on, tokens with the operator scope; without it, callers on the machine itself.</summary>
    Operator,
}

/// <summary>States the access decision of endpoints.</summary>
public static class AccessDecisions
{
    /// <summary>Says who may use these endpoints.</summary>
    public static TBuilder Allow<TBuilder>(this TBuilder builder, AccessRule rule)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.WithMetadata(rule);
        return rule switch
        {
            AccessRule.Caller => builder.WithMetadata(Refusal(StatusCodes.Status401Unauthorized), Refusal(StatusCodes.Status429TooManyRequests)).RequireAuthorization(AccessControl.CallerPolicy),
            AccessRule.Staff => builder.WithMetadata(Refusal(StatusCodes.Status401Unauthorized), Refusal(StatusCodes.Status403Forbidden), Refusal(StatusCodes.Status429TooManyRequests)).RequireAuthorization(AccessControl.StaffPolicy),
            AccessRule.Operator => builder.WithMetadata(Refusal(StatusCodes.Status401Unauthorized), Refusal(StatusCodes.Status403Forbidden), Refusal(StatusCodes.Status429TooManyRequests)).RequireAuthorization(AccessControl.OperatorPolicy),
            AccessRule.Sidecar => builder.DisableRateLimiting(),
            _ => builder,
        };
    }

    private static ProducesResponseTypeMetadata Refusal(int status) => new(status, typeof(ProblemDetails), ["application/problem+json"]);
}
