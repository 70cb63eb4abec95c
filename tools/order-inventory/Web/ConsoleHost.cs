using System.Net;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.HostFiltering;
using OrderInventory.Auditing;
using OrderInventory.Repairing;
using OrderInventory.Web.Audits;
using OrderInventory.Web.Crash;
using OrderInventory.Web.DeadLetters;
using OrderInventory.Web.Now;
using OrderInventory.Web.Orders;
using OrderInventory.Web.Products;
using OrderInventory.Web.Repairs;
using OrderInventory.Web.Stuck;

namespace OrderInventory.Web;

/// <summary>How the console is run.</summary>
internal sealed record ConsoleOptions
{
    /// <summary>What stands for the id of a trace in <see cref="TraceLink"/>.</summary>
    public const string TraceId = "{traceId}";

    /// <summary>Port on 127.0.0.1; 0 for any free one.</summary>
    public required int Port { get; init; }

    /// <summary>Address of a trace with <see cref="TraceId"/> in it; null: traces are not linked.</summary>
    public string? TraceLink { get; init; }

    /// <summary>Where dapr-local takes orders to break its run; null elsewhere.</summary>
    public Uri? Faults { get; init; }
}

/// <summary>The web application behind <c>order-inventory console</c>.</summary>
internal static class ConsoleHost
{
    // What a sidecar adds to what it brings from another app.
    private const string CallerHeader = "dapr-caller-app-id";

    private static readonly TimeSpan AuditPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FaultPatience = TimeSpan.FromSeconds(60);

    // Nothing but the console's own files; nothing that a page contains is ever run.
    private const string ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    /// <summary>Builds it. The two clients reach the apps and carry the operator's token; <paramref name="sidecar"/> reaches that of order-app, null for none.</summary>
    public static WebApplication Build(ConsoleOptions options, HttpClient orders, HttpClient inventory, TimeProvider time, HttpClient? sidecar = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Configuration.Sources.Clear();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            // Without authentication the apps let whoever is on their machine do everything, and the console is: so it is for this machine only.
            kestrel.Listen(IPAddress.Loopback, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 64 * 1024;
        });
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning).AddFilter(nameof(OrderInventory), LogLevel.Information).AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error).AddFilter("Microsoft.AspNetCore.Antiforgery", LogLevel.Error);
        builder.Services.AddSingleton(options).AddSingleton(time);
        builder.Services.AddSingleton(new SystemClient(new AppClient("order-app", orders, time), new AppClient("inventory-app", inventory, time)));
        builder.Services.AddSingleton<LiveReads>();
        if (sidecar is not null) builder.Services.AddSingleton(new WorkflowSidecar(new AppClient("order-app's sidecar", sidecar, time)));
        builder.Services.AddSingleton<OrderLoader>();
        builder.Services.AddSingleton<MetricHistory>().AddHostedService(services => services.GetRequiredService<MetricHistory>());
        builder.Services.AddSingleton(services => new AuditRuns(onWait => new SystemReader(orders, inventory, AuditPatience, time, onWait), time, services.GetRequiredService<ILogger<AuditRuns>>()));
        if (options.Faults is { } address)
        {
            builder.Services.AddSingleton<CrashLoad>();
            builder.Services.AddSingleton(services => new Faults(new HttpClient { BaseAddress = address, Timeout = FaultPatience }, time, services.GetRequiredService<ILogger<Faults>>()));
        }

        builder.Services.AddRazorComponents();
        // Browsers send cookies to every port of a machine, where another console may be; and its keys end with the process, as what it remembers.
        builder.Services.AddAntiforgery(antiforgery => antiforgery.Cookie.Name = $"order-inventory-{options.Port}");
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.AddSingleton(Operator.Of(orders.DefaultRequestHeaders.Authorization?.Parameter, Environment.UserName));
        builder.Services.AddDeadLetterPages();
        builder.Services.AddSingleton(services => new RepairActions(
            new Repairer(new SystemReader(orders, inventory, TimeSpan.Zero, time), sidecar is null ? null : new Sidecar(sidecar), RepairActions.OlderThan, RepairActions.Patience, time),
            services.GetRequiredService<Operator>(),
            time,
            services.GetRequiredService<ILogger<RepairActions>>()));
        // A page of somebody else that has its name point to this machine must not reach it.
        builder.Services.Configure<HostFilteringOptions>(filter => (filter.AllowedHosts, filter.AllowEmptyHosts) = (["localhost", "127.0.0.1", "[::1]"], false));

        var app = builder.Build();
        app.UseHostFiltering();
        app.Use((context, next) =>
        {
            // To the apps the console is on their machine. Another app, which reaches it through a sidecar, is not, and must not become an operator by it.
            if (context.Request.Headers.ContainsKey(CallerHeader)) return Refuse(context, StatusCodes.Status403Forbidden);
            // Pages are made for the address that was asked for, and this one is none.
            if (context.Request.Host.Port is > ushort.MaxValue or < 0) return Refuse(context, StatusCodes.Status400BadRequest);
            var headers = context.Response.Headers;
            headers.ContentSecurityPolicy = ContentPolicy;
            headers.XContentTypeOptions = "nosniff";
            headers["Referrer-Policy"] = "same-origin";
            headers.CacheControl = "no-store";
            return next(context);
        });
        app.UseHeadAndRefusals();
        app.UseRouting();
        app.UseAntiforgery();
        app.MapAssets();
        app.MapNowPage();
        app.MapOrderPages();
        app.MapAuditPages();
        app.MapCrashPages();
        app.MapProductPages();
        app.MapDeadLetterPages();
        app.MapStuckPage();
        app.MapRepairPages();
        return app;
    }

    private static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
