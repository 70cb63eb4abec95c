namespace OrderInventory.Web.Audits;

/// <summary>The page of the audit.</summary>
internal static class AuditPages
{
    private const int MaxUsers = 50;

    public static void MapAuditPages(this IEndpointRouteBuilder routes)
    {
        var (audits, me) = (routes.ServiceProvider.GetRequiredService<AuditRuns>(), routes.ServiceProvider.GetRequiredService<Operator>());
        routes.MapLivePage<Pages.AuditPage, AuditModel>("/audit", (_, _) => "Audit", (_, _) => Task.FromResult<AuditModel?>(audits.Model));
        routes.MapAction("/audit", (_, form, _) =>
        {
            audits.Begin([.. form["users"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MaxUsers)], me.Name);
            return Task.FromResult("/audit");
        });
    }
}
