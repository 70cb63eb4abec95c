using System.Buffers.Binary;
using OrderInventory.Testing;

namespace OrderInventory.System.Tests.Browser;

/// <summary>The pictures in the documents; UPDATE_SCREENSHOTS=1 makes them anew.</summary>
[Collection(BrowserTestGroup.Name)]
public sealed class ScreenshotTests(BrowserSystem system)
{
    private const int MostBytes = 150 * 1024;
    private const int Width = 1280;

    // Where a PNG says how wide it is.
    private const int WidthOffset = 16;

    // Long enough that the lines of the last five minutes show something.
    private static readonly TimeSpan Load = TimeSpan.FromSeconds(100);

    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "images");

    /// <summary>Where a picture is.</summary>
    internal static string File(string name) => Path.Combine(Folder, name);

    [BrowserFact]
    public async Task Screenshots_OfTheDocuments_AreThere()
    {
        var pictures = new[]
        {
            new { Path = "/", File = File("console-now.png"), Height = 720, Text = "passed" },
            new { Path = "/orders/" + system.Data.Order, File = File("console-order.png"), Height = 640, Text = "SHIPPED" },
        };
        if (Environment.GetEnvironmentVariable("UPDATE_SCREENSHOTS") == "1")
        {
            await PlaceAsync();
            await system.RunAsync("shots.js", new { pictures });
        }

        Assert.All([.. pictures.Select(picture => picture.File), File("console-crash.png")], picture =>
        {
            var bytes = global::System.IO.File.ReadAllBytes(picture);
            Assert.InRange(bytes.Length, 1, MostBytes);
            Assert.Equal(Width, BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(WidthOffset)));
        });
    }

    // Orders that come in waves, and end in every way.
    private async Task PlaceAsync()
    {
        var clock = global::System.Diagnostics.Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, 4), async (customer, cancellationToken) =>
        {
            for (var i = 0; clock.Elapsed < Load; i++)
            {
                var id = await BrowserData.PlaceAsync(system.Local, "customer", $"picture-{customer}-{i}", null, BrowserData.Product);
                if (i % 4 != 0) await system.Local.Orders.CommandAsync(id, i % 4 == 1 ? "cancel" : "pay", i % 4 == 1 ? null : new { paymentId = $"payment-{customer}-{i}" });
                if (i % 4 == 3) await system.Local.Orders.CommandAsync(id, "ship");
                await Task.Delay(TimeSpan.FromMilliseconds(250 + (200 * Math.Sin(clock.Elapsed.TotalSeconds / 8))), TimeProvider.System, cancellationToken);
            }
        });
    }
}
