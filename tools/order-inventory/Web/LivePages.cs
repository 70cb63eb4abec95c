using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using OrderInventory.Web.Pages;

namespace OrderInventory.Web;

/// <summary>A page that is rendered on the server, and tells its readers when it has changed.</summary>
/// <typeparam name="TModel">What it shows.</typeparam>
public abstract class PageOf<TModel> : ComponentBase
{
    /// <summary>What it shows.</summary>
    [Parameter, EditorRequired]
    public TModel Model { get; set; } = default!;
}

/// <summary>What is asked for of a page: the values of its path and query.</summary>
internal sealed class PageRequest(IReadOnlyDictionary<string, string> values)
{
    /// <summary>The value of this name; null when it is not given, or empty.</summary>
    public string? this[string name] => values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>True when the path names something: no part of it is blank.</summary>
    public static bool HasName(HttpContext context) => context.Request.RouteValues.Values.All(value => !string.IsNullOrWhiteSpace(value?.ToString()));

    /// <summary>Copies it, because a read may outlive the request that began it.</summary>
    public static PageRequest Of(HttpContext context) => new(context.Request.Query.Select(pair => (pair.Key, Value: pair.Value.ToString()))
        .Concat(context.Request.RouteValues.Select(pair => (pair.Key, Value: pair.Value?.ToString() ?? "")))
        .GroupBy(pair => pair.Key).ToDictionary(same => same.Key, same => same.Last().Value.Trim()));
}

/// <summary>Maps pages: each has an address, and under <c>/live</c> the events that tell of changes.</summary>
internal static class LivePages
{
    private const int MaxStreams = 200;
    private const string Live = "/live";

    private static int _streams;

    /// <summary>Maps the page at <paramref name="pattern"/>. <paramref name="load"/> answers null for what does not exist; <paramref name="title"/> names it.</summary>
    public static void MapLivePage<TComponent, TModel>(this IEndpointRouteBuilder routes, string pattern, Func<PageRequest, TModel?, string> title, Func<PageRequest, CancellationToken, Task<TModel?>> load)
        where TComponent : PageOf<TModel>
        where TModel : class
    {
        routes.MapGet(pattern, async (HttpContext context, LiveReads reads) =>
        {
            var view = await ReadAsync(context, reads, load);
            return Page<TComponent, TModel>(context, title(PageRequest.Of(context), view.Model as TModel), view);
        });
        routes.MapGet(Live + pattern, (HttpContext context, LiveReads reads, IHostApplicationLifetime console, string? version) => Interlocked.Increment(ref _streams) <= MaxStreams
            ? (IResult)TypedResults.ServerSentEvents(ChangesAsync(() => ReadAsync(context, reads, load), version, reads, console, context), "changed")
            : Refuse());
    }

    /// <summary>HEAD where there is GET, and a page that says so for what is not there or not asked for like this; put it before routing.</summary>
    public static void UseHeadAndRefusals(this WebApplication app)
    {
        app.Use((context, next) =>
        {
            // The server sends no body then. Events have no end, so of them there is no HEAD.
            if (HttpMethods.IsHead(context.Request.Method) && !IsLive(context)) context.Request.Method = HttpMethods.Get;
            return next(context);
        });
        app.UseStatusCodePages(async pages =>
        {
            var context = pages.HttpContext;
            if (context.Response.StatusCode == StatusCodes.Status404NotFound) await Message(context, "Not found", "There is no such page.", StatusCodes.Status404NotFound).ExecuteAsync(context);
            if (context.Response.StatusCode != StatusCodes.Status405MethodNotAllowed) return;
            var allow = context.Response.Headers.Allow.ToString();
            if (!IsLive(context) && allow.Split(", ").Contains(HttpMethods.Get)) context.Response.Headers.Allow = allow += ", " + HttpMethods.Head;
            await Message(context, "Not allowed", $"This address takes {allow} only.", StatusCodes.Status405MethodNotAllowed).ExecuteAsync(context);
        });
    }

    /// <summary>A page that says one thing.</summary>
    public static RazorComponentResult<Shell> Message(HttpContext context, string title, string problem, int status) =>
        Shell(context, title, new PageView(null, problem, [], status, ""), null);

    private static RazorComponentResult<Shell> Page<TComponent, TModel>(HttpContext context, string title, PageView view)
        where TComponent : PageOf<TModel>
        where TModel : class => Shell(context, title, view, view.Model is not TModel model ? null : builder =>
        {
            builder.OpenComponent<TComponent>(0);
            builder.AddComponentParameter(1, nameof(PageOf<>.Model), model);
            builder.CloseComponent();
        });

    private static RazorComponentResult<Shell> Shell(HttpContext context, string title, PageView view, RenderFragment? content) =>
        new(new { Title = title, Address = Escaped(context.Request.Path) + context.Request.QueryString, View = view, Content = content }) { StatusCode = view.Status };

    // A PathString takes "%41" for something escaped already, and ids may be like that.
    private static string Escaped(PathString path) => string.Join('/', path.Value!.Split('/').Select(Uri.EscapeDataString));

    // The address is the same for the page and its events.
    private static Task<PageView> ReadAsync<TModel>(HttpContext context, LiveReads reads, Func<PageRequest, CancellationToken, Task<TModel?>> load)
        where TModel : class
    {
        var path = context.Request.Path.StartsWithSegments(Live, StringComparison.Ordinal, out var rest) ? rest : context.Request.Path;
        var query = QueryString.Create(context.Request.Query.Where(pair => pair.Key != "version"));
        var request = PageRequest.Of(context);
        return reads.ReadAsync(Escaped(path) + query, PageRequest.HasName(context) ? async cancellationToken => await load(request, cancellationToken) : _ => Task.FromResult<object?>(null));
    }

    private static async IAsyncEnumerable<string> ChangesAsync(Func<Task<PageView>> read, string? version, LiveReads reads, IHostApplicationLifetime console, HttpContext context)
    {
        // The console does not wait for its readers to leave: they would stay for ever.
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, console.ApplicationStopping);
        try
        {
            // The reader learns that it is connected, long before anything changes.
            await context.Response.Body.FlushAsync(context.RequestAborted);
            for (; !end.IsCancellationRequested; await reads.NextLookAsync(end.Token))
            {
                var view = await read();
                if (view.Version != version) yield return version = view.Version;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    private static bool IsLive(HttpContext context) => context.Request.Path.StartsWithSegments(Live, StringComparison.Ordinal);

    private static StatusCodeHttpResult Refuse()
    {
        Interlocked.Decrement(ref _streams);
        return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
    }
}
