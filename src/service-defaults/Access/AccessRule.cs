using Microsoft.AspNetCore.Builder;

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

    /// <summary>Who deals with money: with authentication on, tokens with the scope for payments or the operator scope; without it, everybody.</summary>
    Pay,

    /// <summary>Who sends goods: as <see cref="Pay"/>, with the scope for deliveries.</summary>
    Fulfil,

    /// <summary>Who looks after stock: as <see cref="Pay"/>, with the scope for stock.</summary>
    Stock,

    /// <summary>Who runs the system: with authentication on, tokens with the operator scope, and for GET with the one for reading; without it, callers on the machine itself.</summary>
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
            AccessRule.Caller or AccessRule.Pay or AccessRule.Fulfil or AccessRule.Stock or AccessRule.Operator => builder.RequireAuthorization(rule.ToString()),
            AccessRule.Sidecar => builder.DisableRateLimiting(),
            _ => builder,
        };
    }
}
