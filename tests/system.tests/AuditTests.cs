using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrderInventory.Cli;

namespace OrderInventory.System.Tests;

/// <summary>The command <c>order-inventory audit</c> on a running system, before and after somebody damaged its store.</summary>
[Collection(OneAuditedSystem.Name)]
public sealed class AuditTests(SharedSystem shared)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Audit_OrderChangedInTheStore_IsFoundWithItsEvidence()
    {
        var system = shared.Local;
        var (_, others) = await AuditAsync(system);
        await system.PutStockAsync("audited", 10);
        var id = await system.Orders.PlaceAsync(OrderClient.Body("audited", 2), "audited");
        await system.Orders.DecidedAsync(id, Within);
        // Keys that a shop may choose, and that no bare header or query has.
        foreach (var odd in new[] { "\"a, a\"", "\"\\\"x\\\"\"" }) await system.Orders.DecidedAsync(await system.Orders.PlaceAsync(OrderClient.Body("audited", 1), odd), Within);

        var (code, before) = await AuditAsync(system);
        Assert.Equal((0, true), (code, before.GetProperty("passed").GetBoolean()));
        int Added(string what) => before.GetProperty(what).GetInt32() - others.GetProperty(what).GetInt32();
        Assert.Equal((1, 4, 3), (Added("products"), Added("operations"), Added("orders")));

        await ChangeAsync(system, id, "CANCELLED");

        (code, var after) = await AuditAsync(system, "--settle", "0", "--evidence", system.Folder);
        Assert.Equal(1, code);
        var findings = after.GetProperty("findings").EnumerateArray().ToArray();
        Assert.Equal(["I6", "I7"], findings.Select(finding => finding.GetProperty("invariant").GetString()).Order());
        Assert.All(findings, finding => Assert.Contains(id, finding.GetProperty("sentence").GetString(), StringComparison.Ordinal));
        foreach (var reading in new[] { "first", "second" })
        {
            var files = Directory.GetFiles(Path.Combine(findings[0].GetProperty("evidence").GetString()!, reading));
            Assert.Contains(files, file => File.ReadAllText(file).Contains("\"status\":\"CANCELLED\"", StringComparison.Ordinal));
            Assert.Contains(files, file => File.ReadAllText(file).Contains("\"HELD\"", StringComparison.Ordinal));
        }

        await ChangeAsync(system, id, "CONFIRMED");
        (code, _) = await AuditAsync(system);
        Assert.Equal(0, code);
    }

    private static async Task ChangeAsync(LocalSystem system, string id, string status)
    {
        // A key alone would be an address with the scheme "order".
        var key = "order:" + id;
        using var stored = await system.OrderSidecar.GetAsync("state/statestore/" + key);
        var document = JsonNode.Parse(await stored.Content.ReadAsStringAsync())!;
        document["status"] = status;
        // Redis takes no save without a version of what was first saved under one.
        var etag = stored.Headers.NonValidated["ETag"].ToString();
        (await system.OrderSidecar.PostAsJsonAsync("state/statestore", new[] { new { key, value = document, etag } })).EnsureSuccessStatusCode();
    }

    private static async Task<(int Code, JsonElement Report)> AuditAsync(LocalSystem system, params string[] more)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        var code = await new CommandLine(output, errors, TimeProvider.System, _ => null).InvokeAsync(
            ["audit", "--order-app", system.Orders.Address.ToString(), "--inventory-app", system.Inventory.BaseAddress!.ToString(), "--json", .. more]);
        Assert.True(code < 2, errors.ToString());
        return (code, JsonDocument.Parse(output.ToString()).RootElement);
    }
}
