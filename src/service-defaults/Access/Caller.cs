using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OrderInventory.ServiceDefaults.Access;

/// <summary>Who sent a request.</summary>
/// <param name="UserId">The user that the token names; null without authentication, and for operators that are no users.</param>
/// <param name="OnlyUser">The only user whose orders exist for this caller; null when all do: for operators, and without authentication.</param>
public sealed record Caller(string? UserId, string? OnlyUser)
{
    /// <summary>Reads the caller; minimal API handlers take it as a parameter.</summary>
    public static ValueTask<Caller> BindAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var access = context.RequestServices.GetRequiredService<AccessOptions>();
        if (!access.IsOn) return ValueTask.FromResult(new Caller(null, null));
        var user = UserIn(context.User, access);
        return ValueTask.FromResult(IsOperator(context.User, access)
            ? new Caller(user, null)
            : user is null ? throw new InvalidOperationException("An endpoint for callers let somebody in whom no token names.") : new Caller(user, user));
    }

    /// <summary>The user that the claims name; null when they name none, or several.</summary>
    internal static string? UserIn(ClaimsPrincipal principal, AccessOptions access) =>
        principal.FindAll(access.UserClaim).ToArray() is [var only] ? only.Value : null;

    internal static bool IsOperator(ClaimsPrincipal principal, AccessOptions access) =>
        principal.Identity?.IsAuthenticated == true
        && principal.Claims.Where(claim => claim.Type is "scope" or "scp").Any(claim => claim.Value.Split(' ').Contains(access.OperatorScope, StringComparer.Ordinal));
}
