using System.Net;
using System.Net.Http.Headers;
using OrderInventory.ServiceDefaults.Access;

namespace OrderInventory.Testing.Access;

/// <summary>What must hold for every answer of an app, whatever the endpoint does.</summary>
public static class HttpSuite
{
    private static readonly (string Name, string Value)[] Headers =
    [
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("Referrer-Policy", "no-referrer"),
    ];

    private static readonly string[] Methods = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE"];

    /// <summary>The endpoints, and a path without one, that answer without the security headers, or with a Server header.</summary>
    public static async Task<IReadOnlyList<string>> HeaderFailuresAsync(IReadOnlyList<Route> routes, HttpClient http)
    {
        var failures = new List<string>();
        foreach (var route in routes.Append(new Route("GET", "/nothing", null)).Append(new Route("DELETE", "/openapi/v1.json", null)))
        {
            using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path("v1"));
            using var answer = await http.SendAsync(request);
            failures.AddRange(Headers.Where(header => !answer.Headers.TryGetValues(header.Name, out var values) || values.Single() != header.Value).Select(header => $"{route}: {header.Name}"));
            if (answer.Headers.CacheControl is not { } cache || !(cache.NoStore || (cache.Private && cache.NoCache))) failures.Add($"{route}: Cache-Control {answer.Headers.CacheControl}");
            if (answer.Headers.Contains("Server")) failures.Add($"{route}: Server");
        }

        return failures;
    }

    /// <summary>The paths that take a method which none of their endpoints has, or do not say which they take.</summary>
    public static async Task<IReadOnlyList<string>> MethodFailuresAsync(IReadOnlyList<Route> routes, HttpClient http)
    {
        var failures = new List<string>();
        foreach (var path in routes.Where(route => route.Rule != AccessRule.Sidecar).GroupBy(route => route.Path("v1")))
            foreach (var method in Methods.Except(path.Select(route => route.Method)))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), path.Key);
                using var answer = await http.SendAsync(request);
                var allowed = path.Select(route => route.Method).SelectMany(known => known == "GET" ? new[] { known, "HEAD" } : [known]);
                if (answer.StatusCode != HttpStatusCode.MethodNotAllowed || !allowed.Order().SequenceEqual(answer.Content.Headers.Allow.Order())) failures.Add($"{method} {path.Key}: {(int)answer.StatusCode}, Allow: {string.Join(", ", answer.Content.Headers.Allow)}");
            }

        return failures;
    }

    /// <summary>The endpoints that take a body which is too large, said to be or found to be while it is read; <paramref name="http"/> leads to a real server, which alone limits bodies.</summary>
    public static async Task<IReadOnlyList<string>> BodyFailuresAsync(IReadOnlyList<Route> routes, HttpClient http)
    {
        var failures = new List<string>();
        foreach (var route in routes.Where(route => route.Method != "GET" && route.Rule != AccessRule.Sidecar))
            foreach (var said in new[] { true, false }.Where(said => said || route.ReadsBody))
            {
                using var request = new HttpRequestMessage(new HttpMethod(route.Method), route.Path("0198aaaa-0000-7000-8000-000000000000")) { Content = new ByteArrayContent([.. Enumerable.Repeat((byte)' ', (1024 * 1024) + 1)]) };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Headers.TransferEncodingChunked = !said;
                using var answer = await http.SendAsync(request);
                if (answer.StatusCode != HttpStatusCode.RequestEntityTooLarge) failures.Add($"{route} {(said ? "with" : "without")} Content-Length: {(int)answer.StatusCode}");
            }

        return failures;
    }
}
