using System.Net;
using Microsoft.AspNetCore.TestHost;
using OrderInventory.ServiceDefaults.Access;

namespace OrderInventory.Testing.Access;

/// <summary>What other apps may invoke of an app without authentication: everything but deliveries and what is for operators.</summary>
public static class InvocationSuite
{
    /// <summary>Asks every endpoint as the app's own sidecar passes on what another app invokes; returns what it answered wrongly.</summary>
    public static async Task<IReadOnlyList<string>> FailuresAsync(IReadOnlyList<Route> routes, TestServer server, string appToken)
    {
        var failures = new List<string>();
        foreach (var route in routes)
        {
            using var answer = await Elsewhere.SendAsync(server, route.Method, route.Path("v1"), IPAddress.Loopback, ("dapr-caller-app-id", "other"), ("dapr-api-token", appToken));
            var isRefused = answer.StatusCode == HttpStatusCode.Forbidden;
            if (isRefused != (route.Rule is AccessRule.Sidecar or AccessRule.Operator) || answer.StatusCode == HttpStatusCode.Unauthorized)
                failures.Add($"{route}: {(int)answer.StatusCode}");
        }

        return failures;
    }
}
