using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;
using OrderInventory.ServiceDefaults.Http;

namespace OrderInventory.ServiceDefaults.Access;

/// <summary>Answers callers that an endpoint is not for: 401 without a good token, 403 to those who are no operators, as problems and as RFC 6750 asks.</summary>
internal sealed class AccessRefusals(AccessOptions access) : IAuthorizationMiddlewareResultHandler
{
    public async Task HandleAsync(RequestDelegate next, HttpContext context, AuthorizationPolicy policy, PolicyAuthorizationResult authorizeResult)
    {
        if (authorizeResult.Succeeded)
        {
            await next(context);
        }
        else if (access.IsOn && authorizeResult.Challenged)
        {
            await context.ChallengeAsync();
            await Problems.Of(StatusCodes.Status401Unauthorized, "TOKEN_REQUIRED", Texts.Of("A valid bearer token is required.", "需要有效的 Bearer 令牌。")).ExecuteAsync(context);
        }
        else
        {
            if (access.IsOn) context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{access.OperatorScope}\"";
            await Problems.Of(StatusCodes.Status403Forbidden, "OPERATORS_ONLY", access.IsOn
                ? Texts.Of($"Only operators may do this: the token needs the scope {access.OperatorScope}.", $"仅限运维人员执行此操作：令牌需要 {access.OperatorScope} 权限范围。")
                : Texts.Of("Only operators may do this, on the machine itself.", "仅限运维人员在本机执行此操作。")).ExecuteAsync(context);
        }
    }
}
