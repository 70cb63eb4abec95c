using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrderInventory.ServiceDefaults.Access;

namespace OrderInventory.Testing.Access;

/// <summary>An endpoint of an app.</summary>
/// <param name="Method">HTTP method; GET for those that take any.</param>
/// <param name="Pattern">Path with its parameters, as <c>/api/orders/{id}</c>.</param>
/// <param name="Rule">Who may use it; null when it does not say.</param>
/// <param name="ReadsBody">True when it says that it takes a body.</param>
public sealed record Route(string Method, string Pattern, AccessRule? Rule, bool ReadsBody = false)
{
    /// <summary>The path for values of the parameters, all the same.</summary>
    public string Path(string value) => string.Join('/', Pattern.Split('/').Select(part => part.StartsWith('{') ? part.Replace(part[..(part.IndexOf('}', StringComparison.Ordinal) + 1)], value, StringComparison.Ordinal) : part));

    public override string ToString() => $"{Method} {Pattern}";
}

/// <summary>The endpoints that an app really has.</summary>
public static class Routes
{
    public static IReadOnlyList<Route> Of(IServiceProvider services) =>
    [
        .. services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Select(endpoint => new Route(
            endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET",
            "/" + endpoint.RoutePattern.RawText!.TrimStart('/').TrimEnd('/'),
            endpoint.Metadata.OfType<AccessRule>().Select(rule => (AccessRule?)rule).LastOrDefault(),
            endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is not null)),
    ];
}
