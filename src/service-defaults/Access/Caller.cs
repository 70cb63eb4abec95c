using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OrderInventory.ServiceDefaults.Access;

/// <summary>Who sent a request.</summary>
/// <param name="UserId">The user that the token names; null without authentication, and for staff that are no users.</param>
/// <param name="OnlyUser">The only user whose orders exist for this caller; null when all do: for operators and staff, and without authentication.</param>
/// <param name="ActsForAll">True when the caller may place and cancel for every user: operators, and without authentication everybody.</param>
public sealed record Caller(string? UserId, string? OnlyUser, bool ActsForAll)
{
    /// <summary>The only user for whom the caller may place and cancel; null when it is every user, empty when it is none.</summary>
    public string? ActsFor => ActsForAll ? null : UserId ?? "";

    /// <summary>Reads the caller; minimal API handlers take it as a parameter.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var access = context.RequestServices.GetRequiredService<AccessOptions>();
        if (!access.IsOn) return ValueTask.FromResult(new Caller(null, null, ActsForAll: true));
        var user = UserIn(context.User, access);
        // Whoever looks after stock has nothing to do with orders.
        if (Has(context.User, [access.PayScope, access.FulfilScope, access.ReadScope, access.OperatorScope])) return ValueTask.FromResult(new Caller(user, null, IsOperator(context.User, access)));
        if (user is null && !Has(context.User, access.StaffScopes)) throw new InvalidOperationException("An endpoint for callers let somebody in whom no token names.");
        return ValueTask.FromResult(new Caller(user, user ?? "", ActsForAll: false));
    }

    /// <summary>The user that the claims name; null when they name none, or several.</summary>
    internal static string? UserIn(ClaimsPrincipal principal, AccessOptions access) =>
        principal.FindAll(access.UserClaim).ToArray() is [var only] ? only.Value : null;

    internal static bool IsOperator(ClaimsPrincipal principal, AccessOptions access) => Has(principal, [access.OperatorScope]);

    /// <summary>True when the token has one of these scopes.</summary>
    internal static bool Has(ClaimsPrincipal principal, IReadOnlyList<string> scopes) =>
        principal.Identity?.IsAuthenticated == true
        && principal.Claims.Where(claim => claim.Type is "scope" or "scp").Any(claim => claim.Value.Split(' ').Any(scopes.Contains));
}
