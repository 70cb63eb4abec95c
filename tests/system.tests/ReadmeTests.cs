using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests;

/// <summary>The commands under "Try it" do what the README says, in both languages.</summary>
[Collection(OneSystem.Name)]
public sealed partial class ReadmeTests(SharedSystem shared)
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public async Task Commands_OfTheReadme_DoWhatItSays(string readme)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, readme));
        var block = CurlBlock().Match(text).Groups[1].Value;
        // An order of its own: with the same key it would be that of the README in the other language, which is paid by now.
        var commands = Continuation().Replace(block, " ").Replace("my-first-order", "my-first-order-" + readme, StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var http = new HttpClient();
        var order = "";

        foreach (var command in commands)
        {
            using var answer = await http.SendAsync(Request(command, order));
            var body = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, $"{command}\n{(int)answer.StatusCode} {body}");
            if (order.Length > 0 || answer.RequestMessage!.Method != HttpMethod.Post || !answer.RequestMessage.RequestUri!.AbsolutePath.EndsWith("/orders", StringComparison.Ordinal)) continue;
            order = JsonSerializer.Deserialize<JsonElement>(body).GetProperty("data").GetProperty("id").GetString()!;
            Assert.Equal("CONFIRMED", (await shared.Local.Orders.DecidedAsync(order, TimeSpan.FromSeconds(30))).GetProperty("status").GetString());
        }

        Assert.Single(commands, command => command.Contains("/v1.0/invoke/order-app/method/", StringComparison.Ordinal));
        Assert.InRange(commands.Length, 5, 20);
        Assert.NotEmpty(order);
    }

    /// <summary>What curl would send: of its options those that the README uses, and nothing else.</summary>
    private HttpRequestMessage Request(string command, string order)
    {
        var url = new Argument<string>("url");
        var method = new Option<string>("-X") { DefaultValueFactory = _ => "" };
        var headers = new Option<string[]>("-H");
        var data = new Option<string>("-d");
        var curl = new RootCommand { url, method, headers, data, new Option<bool>("-i") };
        var parsed = curl.Parse([.. Word().Matches(Comment().Replace(command, "")).Skip(1).Select(word => word.Value.Trim('\''))]);
        Assert.Empty(parsed.Errors);

        var address = parsed.GetRequiredValue(url)
            .Replace("localhost:5101", shared.Local.Orders.Address.Authority, StringComparison.Ordinal)
            .Replace("localhost:5102", shared.Local.Inventory.BaseAddress!.Authority, StringComparison.Ordinal)
            .Replace("localhost:3502", shared.Local.InventorySidecar.BaseAddress!.Authority, StringComparison.Ordinal)
            .Replace("{id}", order, StringComparison.Ordinal);
        var body = parsed.GetValue(data);
        var request = new HttpRequestMessage(new HttpMethod(parsed.GetValue(method) is { Length: > 0 } given ? given : body is null ? "GET" : "POST"), "http://" + address);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        // The sidecars of this system want to see their token.
        if (address.Contains("/v1.0/invoke/", StringComparison.Ordinal)) request.Headers.Add("dapr-api-token", LocalSystem.SidecarToken);
        foreach (var header in parsed.GetValue(headers) ?? [])
            if (header.Split(": ") is [var name, var value] && name != "Content-Type") request.Headers.Add(name, value);
        return request;
    }

    [GeneratedRegex(@"```sh\n((?:curl|     )[^`]+)```")]
    private static partial Regex CurlBlock();

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continuation();

    [GeneratedRegex(@"\s+#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Word();
}
