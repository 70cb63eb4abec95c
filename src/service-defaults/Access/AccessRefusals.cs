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
            var scopes = access.ScopesOf(context.GetEndpoint()?.Metadata.OfType<AccessRule>().LastOrDefault(), context.Request.Method);
            // What the least needs.
            if (access.IsOn) context.Response.Headers.WWWAuthenticate = $"Bearer error=\"insufficient_scope\", scope=\"{scopes[0]}\"";
            await Problems.Of(StatusCodes.Status403Forbidden, "OPERATORS_ONLY", access.IsOn
                ? Texts.Of($"Not everybody may do this: the token needs the scope {string.Join(" or ", scopes)}.", $"并非所有人都可执行此操作：令牌需要 {string.Join(" 或 ", scopes)} 权限范围。")
                : Texts.Of("Only operators may do this, on the machine itself.", "仅限运维人员在本机执行此操作。")).ExecuteAsync(context);
        }
    }
}
