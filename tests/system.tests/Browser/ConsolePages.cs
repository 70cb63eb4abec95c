namespace OrderInventory.System.Tests.Browser;

/// <summary>A visit of a page: its address, its status, and a text that it has then.</summary>
internal sealed record Visit(string Name, string Path, string Text, int Status = 200, IReadOnlyList<FormUse>? Uses = null)
{
    /// <summary>How each of its forms is used.</summary>
    public IReadOnlyList<FormUse> Forms => Uses ?? [];
}

/// <summary>A form, named by its action, with what is typed into its fields and a text that comes of it. One that decides something is used <paramref name="IsOnce"/> only, without script.</summary>
internal sealed record FormUse(string Action, IReadOnlyDictionary<string, string> Fields, string Text, bool IsOnce = false);

/// <summary>The pages of the console. A new page is a line in each list; what holds for every page is then checked of it, too.</summary>
internal static class ConsolePages
{
    private static readonly FormUse Search = new("/orders", new Dictionary<string, string> { ["user"] = BrowserData.User, ["status"] = "PAID" }, "PAID");
    private static readonly Dictionary<string, string> None = [];
    private static readonly FormUse Open = new("/product", new Dictionary<string, string> { ["product"] = BrowserData.Product }, "Who holds units now");
    private static readonly FormUse Some = new("/products", new Dictionary<string, string> { ["ids"] = "nothing, " + BrowserData.Product }, BrowserData.Product);
    private static readonly FormUse Filter = new("/deadletters", new Dictionary<string, string> { ["status"] = "REPLAYED" }, "Dead letters");
    private static readonly FormUse Audit = new("/audit", new Dictionary<string, string> { ["users"] = BrowserData.User }, "The last audit");

    /// <summary>Pages of a system in which nothing has happened.</summary>
    public static IReadOnlyList<Visit> Empty { get; } =
    [
        new("Now", "/", "none yet by this console"),
        new("Orders", "/orders", "No order is like this"),
        new("Key of nobody", "/orders?key=k", "Say whose key it is"),
        new("Orders of nobody", "/orders?user=nobody", "No order is like this"),
        new("Order that is not", $"/orders/{Guid.Empty}", "There is nothing of this name", 404),
        new("Products", "/products", "There is no product here"),
        new("Product that is not", "/products/nothing", "There is nothing of this name", 404),
        new("Dead letters", "/deadletters", "None of these is open"),
        new("Stuck", "/stuck", "No order is stuck"),
        new("Audit", "/audit", "Run the audit"),
        new("No page", "/nowhere", "There is no such page", 404),
    ];

    /// <summary>The same with something to show, and data that is made to break pages.</summary>
    public static IReadOnlyList<Visit> Filled(BrowserData data) =>
    [
        new("Now", "/", "Open dead letters"),
        new("Orders", "/orders", "CANCELLED", Uses: [Search]),
        new("Orders of a user", $"/orders?user={BrowserData.User}", "CANCELLED", Uses: [Search]),
        new("Order", $"/orders/{data.Order}", "Why it may be trusted"),
        new("Audit", "/audit", "Run the audit", Uses: [Audit]),
        new("Orders of evil", $"/orders?user={Uri.EscapeDataString(BrowserData.EvilUser)}", "CANCELLED", Uses: [Search]),
        new("Order of evil", $"/orders/{data.EvilOrder}", BrowserData.EvilRemark),
        new("Products", "/products", BrowserData.Product, Uses: [Open, Some]),
        new("Product", "/products/" + BrowserData.Product, "Who holds units now"),
        .. new[] { 0, 3, 4 }.Select(i => BrowserData.EvilProducts[i]).Select(product => new Visit("Product of evil", "/products/" + Uri.EscapeDataString(product), "Who holds units now")),
        new("Search that is refused", "/orders?order=nonsense", "Nothing was looked for", 400, [Search]),
        new("Product that is not there", "/products?product=nothing", "There is no product with this id", 400, [Open, Some]),
        new("Give back nothing", $"/repair?order={data.Order}&line=1&product={BrowserData.Product}", "holds nothing any more"),
        new("Dead letter", "/deadletters/" + data.Letters[0], "Why it could not be handled", Uses: [new($"/deadletters/{data.Letters[0]}/replay", None, "Read again afterwards", IsOnce: true)]),
        new("Dismiss", $"/deadletters/{data.Letters[1]}/dismiss", "Why it could not be handled", Uses: [new($"/deadletters/{data.Letters[1]}/dismiss", new Dictionary<string, string> { ["reason"] = "<b>a test</b>" }, "DISMISSED", IsOnce: true)]),
        new("Dead letters", "/deadletters", "Open, by topic and reason", Uses: [Filter, new("/deadletters/runs", new Dictionary<string, string> { ["count"] = "1" }, "Tried", IsOnce: true)]),
    ];

    /// <summary>Pages while no app answers.</summary>
    public static IReadOnlyList<Visit> Lost { get; } =
    [
        new("Now", "/", Unanswered),
        new("Orders", $"/orders?user={BrowserData.User}", Unanswered, 502),
        new("Order", $"/orders/{Guid.Empty}", Unanswered, 502),
        new("Products", "/products", Unanswered, 502),
        new("Product", "/products/nothing", Unanswered, 502),
        new("Dead letters", "/deadletters", Unanswered, 502),
        new("Stuck", "/stuck", Unanswered, 502),
        new("Give back", "/repair?order=nobody&line=1&product=nothing", "cannot be read", 502),
        new("Audit", "/audit", Unanswered),
    ];

    private const string Unanswered = "has not answered since";
}
