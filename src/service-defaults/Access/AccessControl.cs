using System.Net;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using OrderInventory.Contracts;
using OrderInventory.ServiceDefaults.Messaging;

namespace OrderInventory.ServiceDefaults.Access;

/// <summary>Enforces the <see cref="AccessRule"/> that endpoints state, with bearer tokens (RFC 6750, JWT) when they are on.</summary>
internal static class AccessControl
{
    // Asymmetric ones only: with a shared secret, every app that can check a token could make one.
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static void AddAccess(this WebApplicationBuilder builder)
    {
        var access = AccessOptions.From(builder.Configuration);
        builder.Services.AddSingleton(access);
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessRefusals>();
        // A policy for each rule, by its name.
        var policies = builder.Services.AddAuthorizationBuilder();
        policies.AddPolicy(nameof(AccessRule.Caller), policy => policy.RequireAssertion(context => !access.IsOn || context.User.Identity?.IsAuthenticated == true));
        foreach (var rule in new[] { AccessRule.Pay, AccessRule.Fulfil, AccessRule.Stock, AccessRule.Operator })
            policies.AddPolicy(rule.ToString(), policy => policy.RequireAssertion(context => access.IsOn
                ? Caller.Has(context.User, access.ScopesOf(rule, (context.Resource as HttpContext)?.Request.Method))
                : rule != AccessRule.Operator || (context.Resource is HttpContext http && IsOperatorHere(http))));
        if (access.IsOn) builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(options => Configure(options, access));
    }

    /// <summary>Where tokens are issued; null when nobody says so, or cannot now.</summary>
    public static async Task<string?> TokenEndpointAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (!services.GetRequiredService<AccessOptions>().IsOn) return null;
        var metadata = services.GetRequiredService<IOptionsMonitor<JwtBearerOptions>>().Get(JwtBearerDefaults.AuthenticationScheme).ConfigurationManager;
        try
        {
            return metadata is null ? null : (await metadata.GetConfigurationAsync(cancellationToken)).TokenEndpoint;
        }
        catch (Exception error) when (IsUnreachable(error))
        {
            return null;
        }
    }

    private static void Configure(JwtBearerOptions options, AccessOptions access)
    {
        options.MapInboundClaims = false;
        // Whether an address may do without TLS is decided when the settings are read.
        options.RequireHttpsMetadata = false;
        options.Authority = access.Authority;
        if (access.MetadataAddress is not null) options.MetadataAddress = access.MetadataAddress;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = access.Issuer,
            ValidAudience = access.Audience,
            ValidAlgorithms = Algorithms,
            IssuerSigningKeys = access.SigningKey is null ? null : access.ReadSigningKeys(),
            RequireExpirationTime = true,
            RequireSignedTokens = true,
            ClockSkew = TimeSpan.FromSeconds(30),
            NameClaimType = access.UserClaim,
        };
        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                // Whoever is no user, no staff and no operator has nothing to do here.
                if (!Caller.Has(context.Principal!, access.StaffScopes) && !ResourceName.IsValid(Caller.UserIn(context.Principal!, access))) context.Fail($"The token has no usable claim {access.UserClaim}.");
                return Task.CompletedTask;
            },
            OnAuthenticationFailed = context => ThrowIfUnreachableAsync(context.Options.ConfigurationManager, context.HttpContext.RequestAborted),
        };
    }

    /// <summary>Without the issuer's keys no token is good; that is an outage, and no fault of the token.</summary>
    private static async Task ThrowIfUnreachableAsync(IConfigurationManager<OpenIdConnectConfiguration>? metadata, CancellationToken cancellationToken)
    {
        if (metadata is null) return;
        try
        {
            await metadata.GetConfigurationAsync(cancellationToken);
        }
        catch (Exception error) when (IsUnreachable(error))
        {
            throw new DependencyUnavailableException("The metadata of the tokens' issuer cannot be read.", error);
        }
    }

    private static bool IsUnreachable(Exception error) => error is InvalidOperationException or IOException or HttpRequestException;

    // A page in a browser on this machine reaches this app too: under a name of its own, or with a form.
    private static bool IsOperatorHere(HttpContext context) => IsOnThisMachine(context) && IsNamedAsThisMachine(context.Request.Host.Host) && context.Request.Headers["Sec-Fetch-Site"] != "cross-site";

    private static bool IsNamedAsThisMachine(string host) => IPAddress.TryParse(host, out var address) ? IPAddress.IsLoopback(address) : host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>True for a caller on the machine itself; another app, whose calls the sidecar brings from this machine, is none.</summary>
    // No address: a server without a network, as in tests.
    public static bool IsOnThisMachine(HttpContext context) =>
        (context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address)) && !SidecarOnly.IsInvokedByAnotherApp(context.Request);
}
