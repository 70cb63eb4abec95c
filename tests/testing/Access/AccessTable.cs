using OrderInventory.ServiceDefaults.Access;

namespace OrderInventory.Testing.Access;

/// <summary>The tables of docs/api.md that say who may use which endpoint.</summary>
public static class AccessTable
{
    /// <summary>Where the table of an app differs from its routes; null when it does not.</summary>
    public static string? Difference(string app, IReadOnlyList<Route> routes) => DocumentTable.Difference(
        "docs/api.md",
        "access of " + app,
        [app, "with authentication", "without"],
        routes.OrderBy(route => route.Rule).ThenBy(route => route.Pattern, StringComparer.Ordinal).ThenBy(route => route.Method, StringComparer.Ordinal)
            .Select(route => (string[])[$"`{route}`", Words(route), Without(route.Rule)]));

    private static string Words(Route route) => Words(route, route.Method == "GET" ? "watchers, " : "");

    private static string Words(Route route, string watchers) => route.Rule switch
    {
        AccessRule.Anyone => "anyone",
        AccessRule.Sidecar => "the app's sidecar, with the app token",
        AccessRule.Pay => "staff for payments, operators",
        AccessRule.Fulfil => "staff for deliveries, operators",
        AccessRule.Stock => $"staff for stock, {watchers}operators",
        AccessRule.Operator => $"{watchers}operators",
        _ when route is { Method: "POST" } => "users for their own orders, operators",
        _ when route.Pattern.StartsWith("/api/orders", StringComparison.Ordinal) => "users for their own orders, staff for payments and deliveries, watchers, operators",
        _ => "users, staff, operators",
    };

    private static string Without(AccessRule? rule) => rule switch
    {
        AccessRule.Sidecar => "the same",
        AccessRule.Operator => "callers on the machine itself",
        _ => "anyone",
    };
}
