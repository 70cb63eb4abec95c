using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OrderInventory.ServiceDefaults.Access;
using OrderInventory.ServiceDefaults.DeadLetters;
using OrderInventory.ServiceDefaults.Description;
using OrderInventory.ServiceDefaults.Health;
using OrderInventory.ServiceDefaults.Http;
using OrderInventory.ServiceDefaults.Messaging;
using OrderInventory.ServiceDefaults.Repeats;
using OrderInventory.ServiceDefaults.Rounds;
using OrderInventory.ServiceDefaults.Settings;
using OrderInventory.ServiceDefaults.State;

namespace OrderInventory.ServiceDefaults;

/// <summary>What both apps have in common: the sidecar's clients, HTTP conventions, health, OpenAPI and telemetry.</summary>
public static class ServiceDefaults
{
    /// <summary>Name of the app's own meter and activity source.</summary>
    public const string TelemetryName = "OrderInventory";

    private const string ReadyTag = "ready";
    private const string LiveTag = "live";

    /// <summary>Registers the common services and reads their settings, so that a wrong one stops the start.</summary>
    /// <exception cref="InvalidOperationException">A setting is not what it should be.</exception>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        var sidecar = SettingsReader.Read<SidecarOptions>(builder.Configuration);
        services.AddSingleton(sidecar);
        // .NET reads these itself, but says less about a wrong one.
        SettingsReader.Read<LoggingOptions>(builder.Configuration);
        var hosting = SettingsReader.Read<HostingOptions>(builder.Configuration);
        if (sidecar.AppPort is { } port && hosting.Urls is null)
            builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ExplainRefusals();
            // Kestrel refuses what is not UTF-8 with an answer that has no body. So the app sees it, and says what is wrong.
            kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        });
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));

        services.AddSidecar();
        services.AddDaprClient();

        services.ConfigureHttpJsonOptions(options => ConfigureJson(options.SerializerOptions));
        services.AddSingleton<RequestJson>();
        // Before the framework's own.
        services.AddSingleton<IProblemDetailsWriter, ProblemWriter>();
        services.AddProblemDetails();
        services.AddExceptionHandler<FailureHandler>();
        services.AddSingleton(SettingsReader.Read<HealthOptions>(builder.Configuration));
        services.AddSingleton<SidecarHealth>();
        services.AddSingleton<SidecarLoss>();
        services.AddHealthChecks().AddCheck<SidecarHealth>("sidecar", tags: [ReadyTag]).AddCheck<SidecarLoss>("sidecar-loss", tags: [LiveTag]);
        builder.AddAccess();
        var http = SettingsReader.Read<HttpOptions>(builder.Configuration);
        services.AddSingleton(http);
        services.AddShedding(http);
        services.AddRequestLimits(http);
        builder.AddTelemetry(SettingsReader.Read<TelemetryOptions>(builder.Configuration));
        return builder;
    }

    /// <summary>State, publishing and deliveries over the sidecar.</summary>
    public static IServiceCollection AddSidecar(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => SettingsReader.Read<SidecarOptions>(provider.GetRequiredService<IConfiguration>()));
        services.TryAddSingleton(provider => new Backoff(Random.Shared, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<SidecarChannel>();
        services.TryAddSingleton<Dependencies>();
        services.TryAddSingleton<IStateStore, DaprStateStore>();
        services.TryAddSingleton<IEventPublisher, DaprEventPublisher>();
        services.TryAddSingleton<RepeatMemory>();
        services.TryAddSingleton<BulkDelivery>();
        services.TryAddSingleton<DeadLetterStore>();
        services.TryAddSingleton<DeadLetterDesk>();
        return services;
    }

    /// <summary>Adds the common middleware and endpoints; call it before the app maps its own.</summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseBrokenBodies();
        app.UseSecurityHeaders();
        app.UseHead();
        app.UseRequestLocalization(options => options
            .SetDefaultCulture(Texts.Cultures[0])
            .AddSupportedCultures([.. Texts.Cultures])
            .AddSupportedUICultures([.. Texts.Cultures])
            .RequestCultureProviders = [Texts.ByLanguage]);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.UsePlainTargets();
        app.UseRouting();
        app.UseSidecarOnly();
        if (app.Services.GetRequiredService<AccessOptions>().IsOn) app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
        app.UseBodyLimit();
        // This one must not depend on the sidecar: daprd asks it before it serves the app, and would wait for itself.
        app.MapProbe("/healthz", tag: null);
        app.MapProbe("/livez", LiveTag);
        app.MapProbe("/readyz", ReadyTag);
        app.MapOpenApi("/openapi/v1.json").Allow(AccessRule.Anyone);
        if (app.Services.GetRequiredService<HttpOptions>().Reference) app.MapReferencePage();
        app.MapSubscribeHandler().Allow(AccessRule.Sidecar);
        return app;
    }

    /// <summary>The JSON of the HTTP API: strict, so that a misspelt or mistyped field is an error and not a surprise.</summary>
    public static void ConfigureJson(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.NumberHandling = JsonNumberHandling.Strict;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
    }

    private static void MapProbe(this WebApplication app, string path, string? tag) =>
        app.MapHealthChecks(path, new HealthCheckOptions { Predicate = check => tag is not null && check.Tags.Contains(tag) })
            // Without it they answer every method.
            .WithMetadata(new HttpMethodMetadata([HttpMethods.Get])).Allow(AccessRule.Anyone).DisableRateLimiting();
}
