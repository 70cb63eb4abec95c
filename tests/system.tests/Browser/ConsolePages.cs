namespace OrderInventory.System.Tests.Browser;

/// <summary>A visit of a page: its address, its status, and a text that it has then.</summary>
internal sealed record Visit(string Name, string Path, string Text, int Status = 200, IReadOnlyList<FormUse>? Uses = null)
{
    /// <summary>How each of its forms is used.</summary>
    public IReadOnlyList<FormUse> Forms => Uses ?? [];
}

/// <summary>A form, named by its action, with what is typed into its fields and a text that comes of it.</summary>
internal sealed record FormUse(string Action, IReadOnlyDictionary<string, string> Fields, string Text);

/// <summary>The pages of the console. A new page is a line in each list; what holds for every page is then checked of it, too.</summary>
internal static class ConsolePages
{
    private static readonly FormUse Search = new("/orders", new Dictionary<string, string> { ["user"] = BrowserData.User, ["status"] = "PAID" }, "PAID");
    private static readonly FormUse Audit = new("/audit", new Dictionary<string, string> { ["users"] = BrowserData.User }, "The last audit");

    /// <summary>Pages of a system in which nothing has happened.</summary>
    public static IReadOnlyList<Visit> Empty { get; } =
    [
        new("Now", "/", "none yet by this console"),
        new("Orders", "/orders", "Say whose orders"),
        new("Orders of nobody", "/orders?user=nobody", "No order is like this"),
        new("Order that is not", $"/orders/{Guid.Empty}", "There is nothing of this name", 404),
        new("Audit", "/audit", "Run the audit"),
        new("No page", "/nowhere", "There is no such page", 404),
    ];

    /// <summary>The same with something to show, and data that is made to break pages.</summary>
    public static IReadOnlyList<Visit> Filled(BrowserData data) =>
    [
        new("Now", "/", "Open dead letters"),
        new("Orders", $"/orders?user={BrowserData.User}", "CANCELLED", Uses: [Search]),
        new("Order", $"/orders/{data.Order}", "Why it may be trusted"),
        new("Audit", "/audit", "Run the audit", Uses: [Audit]),
        new("Orders of evil", $"/orders?user={Uri.EscapeDataString(BrowserData.EvilUser)}", "CANCELLED", Uses: [Search]),
        new("Order of evil", $"/orders/{data.EvilOrder}", BrowserData.EvilRemark),
    ];

    /// <summary>Pages while no app answers.</summary>
    public static IReadOnlyList<Visit> Lost { get; } =
    [
        new("Now", "/", Unanswered),
        new("Orders", $"/orders?user={BrowserData.User}", Unanswered, 502),
        new("Order", $"/orders/{Guid.Empty}", Unanswered, 502),
        new("Audit", "/audit", Unanswered),
    ];

    private const string Unanswered = "has not answered since";
}
