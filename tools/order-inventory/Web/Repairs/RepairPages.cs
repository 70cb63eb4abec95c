using System.Globalization;
using OrderInventory.Repairing;

namespace OrderInventory.Web.Repairs;

/// <summary>The page that asks before a line is given back, and shows what came of it.</summary>
internal static class RepairPages
{
    /// <summary>The page of a line.</summary>
    public static string AddressOf(HeldLine line) => string.Create(CultureInfo.InvariantCulture, $"/repair?order={Uri.EscapeDataString(line.OrderId)}&line={line.Line}&product={Uri.EscapeDataString(line.ProductId)}");

    public static void MapRepairPages(this IEndpointRouteBuilder routes)
    {
        var actions = routes.ServiceProvider.GetRequiredService<RepairActions>();
        routes.MapLivePage<Pages.RepairPage, RepairModel>("/repair", (_, _) => "Give back what no order owns", async (request, cancellationToken) =>
            Line(request["order"], request["line"], request["product"]) is { } line ? await actions.LoadAsync(line, request["note"], cancellationToken) : null);
        // The note makes the address a new one, so that what the page shows was read after the action.
        routes.MapAction("/repair", async (_, form, cancellationToken) => Line(form["order"], form["line"], form["product"]) is { } line
            ? $"{AddressOf(line)}&note={await actions.GiveBackAsync(line, cancellationToken)}"
            : "/audit");
    }

    private static HeldLine? Line(string? order, string? line, string? product) =>
        order is { Length: > 0 } && product is { Length: > 0 } && int.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new HeldLine(order, number, product) : null;
}
