using Xunit.Abstractions;

namespace OrderInventory.System.Tests.Browser;

/// <summary>Open pages follow the system, without script of anybody but the console.</summary>
[Collection(BrowserTestGroup.Name)]
public sealed class LiveTests(BrowserSystem system, ITestOutputHelper output)
{
    private const string User = "live";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);

    private static int _placed;

    [BrowserFact]
    public Task Page_SystemChanges_ShowsItWithinASecond() => RunAsync("changes");

    [BrowserFact]
    public Task Page_ChangesWhileItIsReadAgain_ShowsThatToo() => RunAsync("overtaken");

    [BrowserFact]
    public Task Page_ChangesWhileSomebodyTypes_KeepsTextAndFocus() => RunAsync("types");

    [BrowserFact]
    public Task Page_ConsoleIsStartedAgain_GoesOnByItself() => RunAsync("restarts");

    [BrowserFact]
    public Task Page_AppIsDown_SaysSinceWhenAndGoesOnByItself() => RunAsync("outage");

    [BrowserFact]
    public Task Page_InManyTabs_LeavesConnectionsToTheOthers() => RunAsync("tabs");

    private async Task RunAsync(string part) => output.WriteLine(await system.RunAsync("live.js", new { part, user = User, order = system.Data.Order }, AnswerAsync));

    private async Task<string> AnswerAsync(string question)
    {
        switch (question.Split(' '))
        {
            case ["place"]:
                return await BrowserData.PlaceAsync(system.Local, User, $"key-{++_placed}", null, BrowserData.Product);
            case ["cancel", var id]:
                await system.Local.Orders.CommandAsync(id, "cancel");
                break;
            case ["kill", "console"]:
                await system.Console.KillAsync();
                break;
            case ["stop", "console"]:
                // Although pages are open.
                await system.Console.StopAsync().WaitAsync(StopLimit);
                break;
            case ["start", "console"]:
                await system.Console.StartAsync();
                break;
            case ["kill", var app]:
                await system.Local.KillAsync(app);
                break;
            case ["start", var app]:
                await system.Local.StartAsync(app);
                break;
            default:
                throw new InvalidOperationException(question);
        }

        return "done";
    }
}
