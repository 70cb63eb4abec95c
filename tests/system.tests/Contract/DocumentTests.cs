using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests.Contract;

/// <summary>The OpenAPI documents, as tools that nobody here wrote see them.</summary>
[Collection(OneSystem.Name)]
public sealed class DocumentTests(SharedSystem shared)
{
    // The same requests each time; without it the program takes another one, which is for whoever looks for more.
    private const string Seed = "1";

    [NodeTheory]
    [InlineData("order-app", "inventory-app")]
    public async Task Lint_Documents_FindsNothing(params string[] apps)
    {
        var documents = apps.Select(PathOf).ToArray();

        Assert.Contains("No results", await NodePackage.Contract.RunAsync("node_modules/@stoplight/spectral-cli/dist/index.js", ["lint", .. documents, "--ruleset", "spectral.yaml", "--fail-severity", "hint"]), StringComparison.Ordinal);
        var report = await NodePackage.Contract.RunAsync(
            "node_modules/@redocly/cli/bin/cli.js", ["lint", .. documents, "--extends", "recommended", "--format", "json"], new Dictionary<string, string> { ["REDOCLY_TELEMETRY"] = "off", ["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true" });
        Assert.Equal(apps.Length, Regex.Count(report, "\"errors\": 0,\n    \"warnings\": 0"));
    }

    [NodeTheory]
    [InlineData("order-app")]
    [InlineData("inventory-app")]
    public async Task Fuzz_App_AnswersAsItsDocumentSays(string app)
    {
        await shared.Local.PutStockAsync("fuzzed", 1000);

        await NodePackage.Contract.RunAsync("fuzz.js", [AddressOf(app).AbsoluteUri.TrimEnd('/'), Seed, $"{FullSize.Or(60, small: 20)}"]);

        // What is told of odd orders is as it should be, too.
        shared.Local.Observer.Verify();
    }

    /// <summary>The examples build on each other: first those of stock, then an order from its place to its refund.</summary>
    [Fact]
    public async Task Examples_OneAfterTheOther_Succeed()
    {
        // As dapr-local's sample does.
        await shared.Local.PutStockAsync("SAMPLE-BOOK", 100);
        using var http = new HttpClient();
        var sent = 0;
        foreach (var app in new[] { "inventory-app", "order-app" })
        {
            var document = JsonNode.Parse(await File.ReadAllTextAsync(PathOf(app)))!;
            foreach (var (path, operations) in document["paths"]!.AsObject())
                foreach (var (method, operation) in operations!.AsObject())
                    foreach (var request in RequestsOf(AddressOf(app), path, method, operation!))
                    {
                        sent++;
                        using var answer = await http.SendAsync(request);
                        Assert.True(answer.IsSuccessStatusCode, $"{method} {request.RequestUri} {answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                    }
        }

        Assert.InRange(sent, 17, 100);
    }

    /// <summary>A request for each example body, with the examples of all parameters; none when a parameter that is needed has no example.</summary>
    private static IEnumerable<HttpRequestMessage> RequestsOf(Uri app, string path, string method, JsonNode operation)
    {
        var parameters = operation["parameters"]?.AsArray().Select(parameter => (Name: Text(parameter!, "name"), In: Text(parameter!, "in"), Example: parameter!["example"]?.ToString(), IsRequired: parameter["required"] is not null)).ToList() ?? [];
        if (parameters.Any(parameter => parameter is { IsRequired: true, Example: null })) yield break;
        var bodies = operation["requestBody"]?["content"]!["application/json"]!["examples"]!.AsObject().Select(example => example.Value!["value"]) ?? [null];
        foreach (var body in bodies)
        {
            var target = parameters.Where(parameter => parameter.In == "path").Aggregate(path, (text, parameter) => text.Replace($"{{{parameter.Name}}}", Uri.EscapeDataString(parameter.Example!), StringComparison.Ordinal));
            var query = string.Join('&', parameters.Where(parameter => parameter is { In: "query", Example: not null }).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Example!)}"));
            var request = new HttpRequestMessage(new HttpMethod(method), new Uri(app, target + "?" + query));
            foreach (var (name, _, example, _) in parameters.Where(parameter => parameter is { In: "header", Example: not null })) request.Headers.TryAddWithoutValidation(name, example);
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            yield return request;
        }

        static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();
    }

    private static string PathOf(string app) => Path.Combine(Repository.Root, "docs", "openapi", app + ".json");

    private Uri AddressOf(string app) => app == "order-app" ? shared.Local.Orders.Address : shared.Local.Inventory.BaseAddress!;
}
