using Microsoft.AspNetCore.Authentication;
using OrderInventory.Contracts;

// A third app: it reads the transitions of all orders and shows the orders by status. Of the system it knows the contract, and nothing else.
var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseUrls($"http://127.0.0.1:{builder.Configuration["APP_PORT"] ?? "5103"}");
builder.Services.ConfigureHttpJsonOptions(http => http.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default));
// Only its own sidecar may deliver: it sends the token of APP_API_TOKEN, and says when it speaks for another app.
builder.Services.AddAuthentication().AddDapr();
builder.Services.AddAuthorizationBuilder().AddPolicy("Sidecar", sidecar => sidecar.AddAuthenticationSchemes("Dapr").RequireAuthenticatedUser()
    .RequireAssertion(call => call.Resource is HttpContext http && !http.Request.Headers.ContainsKey("dapr-caller-app-id")));
builder.Services.AddSingleton<Feed>();
var app = builder.Build();

app.UseCloudEvents();
app.MapSubscribeHandler();
app.MapPost("/order-status-changes", (OrderStatusChangeMessage change, Feed feed) => feed.Apply(change))
    .WithTopic("order-feed-pubsub", Topics.OrderStatusChanges)
    .RequireAuthorization("Sidecar");
app.MapGet("/", (Feed feed) => feed.Show());
app.MapGet("/healthz", () => "OK");
app.Run();

/// <summary>
/// The orders as they stand. In memory, because it is a sample: whoever does something for a transition stores its number together with what
/// was done, and answers after that.
/// </summary>
internal sealed class Feed
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, OrderStatusChangeMessage> _last = [];
    private int _transitions;
    private int _repeats;

    /// <summary>Takes a transition that it does not know yet. Deliveries are at least once: what is not above the last number of its order is a repeat.</summary>
    public void Apply(OrderStatusChangeMessage change)
    {
        lock (_lock)
        {
            if (_last.TryGetValue(change.OrderId, out var last) && change.Sequence <= last.Sequence)
            {
                _repeats++;
                return;
            }

            _last[change.OrderId] = change;
            _transitions++;
        }
    }

    /// <summary>The ids of the orders by status.</summary>
    public FeedView Show()
    {
        lock (_lock) return new FeedView(_last.Values.GroupBy(last => last.NewStatus).ToDictionary(status => status.Key, status => status.Select(last => last.OrderId).ToArray()), _transitions, _repeats);
    }
}

/// <summary>What the feed shows, with how many transitions it took and how many repeats it did not.</summary>
internal sealed record FeedView(IReadOnlyDictionary<string, string[]> Orders, int Transitions, int Repeats);
