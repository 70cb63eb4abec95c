using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace OrderInventory.Testing.Access;

/// <summary>Serves the OpenID Connect metadata and the keys of an issuer on a free loopback port.</summary>
public sealed class IssuerMetadata : IAsyncDisposable
{
    private readonly WebApplication _host;

    private IssuerMetadata(WebApplication host) => _host = host;

    public string Address => _host.Urls.First();

    public static async Task<IssuerMetadata> StartAsync(TestIssuer issuer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var host = builder.Build();
        host.MapGet("/.well-known/openid-configuration", (HttpContext context) => Results.Text($$"""{"issuer":"{{TestIssuer.Issuer}}","jwks_uri":"http://{{context.Request.Host}}/keys"}""", "application/json"));
        host.MapGet("/keys", () => Results.Text(issuer.KeySet, "application/json"));
        await host.StartAsync();
        return new IssuerMetadata(host);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
