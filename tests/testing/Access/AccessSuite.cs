using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using OrderInventory.ServiceDefaults.Access;

namespace OrderInventory.Testing.Access;

/// <summary>What must hold for every endpoint of an app that asks for tokens, whatever the endpoint does.</summary>
public static class AccessSuite
{
    private const string Nothing = "0198aaaa-0000-7000-8000-000000000000";

    /// <summary>Asks every endpoint with every kind of token; returns what it answered wrongly.</summary>
    public static async Task<IReadOnlyList<string>> FailuresAsync(IReadOnlyList<Route> routes, HttpClient http, TestIssuer issuer, string appToken)
    {
        var failures = new List<string>();
        foreach (var route in routes)
        {
            Task<string?> CheckAsync(string case_, string expected, string? token, params (string, string)[] headers) => OneAsync(http, route, case_, expected, token, headers);
            IEnumerable<Task<string?>> checks = route.Rule switch
            {
                AccessRule.Anyone => [CheckAsync("without a token", "in", null)],
                AccessRule.Sidecar =>
                [
                    CheckAsync("without a token", "401 UNAUTHORIZED", null),
                    CheckAsync("with an operator's token", "401 UNAUTHORIZED", issuer.Operator("u")),
                    CheckAsync("with another app token", "401 UNAUTHORIZED", null, ("dapr-api-token", appToken + "x")),
                    CheckAsync("invoked by another app", "403 NOT_FOR_OTHER_APPS", null, ("dapr-api-token", appToken), ("dapr-caller-app-id", "other")),
                    CheckAsync("invoked by another app for an operator", "403 NOT_FOR_OTHER_APPS", issuer.Operator("u"), ("dapr-api-token", appToken), ("dapr-caller-app-id", "other")),
                    CheckAsync("with the app token", "in", null, ("dapr-api-token", appToken)),
                ],
                AccessRule.Caller or AccessRule.Pay or AccessRule.Fulfil or AccessRule.Stock or AccessRule.Operator =>
                [
                    CheckAsync("without a token", "401 TOKEN_REQUIRED", null),
                    CheckAsync("with the app token", "401 TOKEN_REQUIRED", null, ("dapr-api-token", appToken)),
                    .. issuer.BadTokens.Select(bad => CheckAsync("with a token " + bad.Key, "401 TOKEN_REQUIRED", bad.Value)),
                    CheckAsync("with a user's token", route.Rule != AccessRule.Caller ? "403 OPERATORS_ONLY" : "in", issuer.Token("u", "openid order-inventory.operate.not")),
                    CheckAsync("with a token for payments", route.Rule is AccessRule.Caller or AccessRule.Pay ? "in" : "403 OPERATORS_ONLY", issuer.Token(null, "order-inventory.pay")),
                    CheckAsync("with a token for deliveries", route.Rule is AccessRule.Caller or AccessRule.Fulfil ? "in" : "403 OPERATORS_ONLY", issuer.Token(null, "order-inventory.fulfil")),
                    CheckAsync("with a token for stock", route.Rule is AccessRule.Caller or AccessRule.Stock ? "in" : "403 OPERATORS_ONLY", issuer.Token(null, "order-inventory.stock")),
                    CheckAsync("with a token for reading", route.Method == "GET" || route.Rule is AccessRule.Caller ? "in" : "403 OPERATORS_ONLY", issuer.Token(null, "order-inventory.read")),
                    CheckAsync("with an operator's token", "in", issuer.Operator()),
                    // Another app brings the app token of the called sidecar, and has the rights of the bearer token alone.
                    CheckAsync("invoked by another app without a token", "401 TOKEN_REQUIRED", null, ("dapr-api-token", appToken), ("dapr-caller-app-id", "other")),
                    CheckAsync("invoked by another app for a user", route.Rule != AccessRule.Caller ? "403 OPERATORS_ONLY" : "in", issuer.Token("u"), ("dapr-api-token", appToken), ("dapr-caller-app-id", "other")),
                    CheckAsync("invoked by another app for an operator", "in", issuer.Operator(), ("dapr-api-token", appToken), ("dapr-caller-app-id", "other")),
                    CheckAsync("with an operator's token of another kind", "in", issuer.Token(null, null, null, new System.Security.Claims.Claim("scp", TestIssuer.OperatorScope))),
                ],
                _ => [Task.FromResult<string?>($"{route} does not say who may use it")],
            };
            foreach (var check in checks)
                if (await check is { } failure) failures.Add(failure);
        }

        return failures;
    }

    private static async Task<string?> OneAsync(HttpClient http, Route route, string case_, string expected, string? token, (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path(route.Pattern.Contains("documentName", StringComparison.Ordinal) ? "v1" : Nothing));
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        if (route.Rule == AccessRule.Sidecar && route.Method == "POST") request.Content = JsonContent.Create(new { entries = Array.Empty<object>() });
        using var answer = await http.SendAsync(request);
        var code = answer.Content.Headers.ContentType?.MediaType == "application/problem+json" ? (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("code").GetString() : null;
        var found = answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or >= HttpStatusCode.InternalServerError && route.Pattern != "/readyz" ? $"{(int)answer.StatusCode} {code}" : "in";
        if (found != expected) return $"{route} {case_}: {found} instead of {expected}";
        // RFC 6750, section 3: a refusal names the scheme.
        return code is "TOKEN_REQUIRED" or "OPERATORS_ONLY" && answer.Headers.WwwAuthenticate.All(challenge => challenge.Scheme != "Bearer") ? $"{route} {case_}: no WWW-Authenticate" : null;
    }
}
